// Package queue keeps every accepted record on disk until the archive holds it.
package queue
