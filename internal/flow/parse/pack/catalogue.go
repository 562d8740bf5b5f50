package pack

import (
	"fmt"
	"io/fs"
	"path"
	"sync"

	"github.com/isoc-project/isoc/content"
)

// Device is one that is recognised without a pack: vendor, product and dataset are known, the fields are the automatic parser's.
type Device struct {
	Vendor, VendorZH, Product, ProductZH string
	Kind, Dataset                        string
}

// Recognised returns the devices that are recognised without a pack, in the order of the list.
func (s *Set) Recognised() []Device {
	out := make([]Device, len(s.devices))
	for i, d := range s.devices {
		out[i] = Device{d.Vendor, d.VendorZH, d.Product, d.ProductZH, d.Kind, d.Dataset}
	}
	return out
}

// Source is a pack that comes with the product, as it is written.
type Source struct {
	Text    string // pack.yml
	Samples []Sample
}

// ShippedSources returns the packs that come with the product as they are written, by id. They are read once; neither the map nor what
// is in it may be changed.
var ShippedSources = sync.OnceValues(func() (map[string]Source, error) { return sources(content.Parsers, "parsers") })

func sources(files fs.FS, dir string) (map[string]Source, error) {
	folders, err := fs.ReadDir(files, dir)
	if err != nil {
		return nil, fmt.Errorf("parser packs: %w", err)
	}
	out := make(map[string]Source, len(folders))
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		text, err := fs.ReadFile(files, path.Join(dir, f.Name(), "pack.yml"))
		if err != nil {
			return nil, fmt.Errorf("parser pack: %w", err)
		}
		list, err := fs.ReadFile(files, path.Join(dir, f.Name(), "samples.yml"))
		if err != nil {
			return nil, fmt.Errorf("samples of a parser pack: %w", err)
		}
		samples, err := ReadSamples(list)
		if err != nil {
			return nil, fmt.Errorf("samples of parser pack %s: %w", f.Name(), err)
		}
		out[f.Name()] = Source{string(text), samples}
	}
	return out, nil
}
