package hush

import (
	"io"
	"log"
)

// before is where the standard logger wrote. It is taken when this package is initialised, which is as soon as package
// log is: packages are initialised in the order of their import paths as far as their own imports allow, and the
// libraries that print at that time import much more than this one does.
var before = silence()

func silence() io.Writer {
	w := log.Writer()
	log.SetOutput(io.Discard)
	return w
}

// End gives the standard logger its output back. The program's first statement calls it.
func End() { log.SetOutput(before) }
