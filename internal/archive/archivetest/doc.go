// Package archivetest is the conformance suite that every event archive passes.
package archivetest
