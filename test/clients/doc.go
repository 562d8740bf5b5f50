// Package clients holds tests that send to the real binary with programs of other people, as Debian packages them, and with lines in exactly the
// shapes that programs send which do not run here. What arrives is asked for over the API. A test whose program is absent is skipped and says so.
package clients
