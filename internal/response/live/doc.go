// Package live tells those who look at alerts what happens to them while they look.
package live
