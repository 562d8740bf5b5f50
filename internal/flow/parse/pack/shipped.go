package pack

import (
	"sync"

	"github.com/isoc-project/isoc/content"
)

// Shipped returns the packs that come with the product. They are read once.
var Shipped = sync.OnceValues(func() (*Set, error) { return Load(content.Parsers, "parsers") })
