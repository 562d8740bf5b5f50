package web

import (
	"embed"
	"fmt"
	"io/fs"
)

// dist holds the build where there is one, else only its .gitignore; "all:" lets that file satisfy the pattern.
//
//go:embed all:dist
var dist embed.FS

//go:embed placeholder/index.html
var placeholder embed.FS

// Built returns the user interface as built from ui/, or the placeholder page where this binary has none;
// ok tells which.
func Built() (files fs.FS, ok bool, err error) {
	files, err = fs.Sub(dist, "dist")
	if err != nil {
		return nil, false, fmt.Errorf("open the embedded user interface: %w", err)
	}
	if _, err := fs.Stat(files, indexName); err == nil {
		return files, true, nil
	}
	files, err = fs.Sub(placeholder, "placeholder")
	if err != nil {
		return nil, false, fmt.Errorf("open the embedded placeholder page: %w", err)
	}
	return files, false, nil
}
