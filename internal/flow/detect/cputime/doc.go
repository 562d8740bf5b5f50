// Package cputime tells how much processor time a thread has used, which a busy machine does not distort.
package cputime
