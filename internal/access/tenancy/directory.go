package tenancy

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Directory answers from memory, without waiting, what the moving side asks for every record: whether a customer
// exists, is active, and where its events go. It holds the state of the last [Directory.Reload].
type Directory struct {
	reader  Reader
	all     atomic.Pointer[map[tenant.ID]Tenant]
	leaving sync.Map // tenant.ID → struct{}: customers being erased, and those erased by this process
}

// NewDirectory returns a directory that knows nobody until it is reloaded.
func NewDirectory(r Reader) *Directory {
	d := &Directory{reader: r}
	d.all.Store(&map[tenant.ID]Tenant{})
	return d
}

// Reload reads all customers. The [Service] calls it after each change; where several processes share a database each
// calls it every few seconds besides. On an error the earlier state stays.
func (d *Directory) Reload(ctx context.Context) error {
	list, err := d.reader.List(ctx)
	if err != nil {
		return fmt.Errorf("reload tenants: %w", err)
	}
	m := make(map[tenant.ID]Tenant, len(list))
	for _, t := range list {
		t.Networks = narrowestFirst(t.Networks)
		m[t.ID] = t
	}
	d.all.Store(&m)
	return nil
}

// Tenant returns a customer as of the last reload.
func (d *Directory) Tenant(id tenant.ID) (Tenant, bool) {
	t, ok := (*d.all.Load())[id]
	return t, ok
}

// Called returns the customer that has this short name or id, as of the last reload.
func (d *Directory) Called(name string) (Tenant, bool) {
	all := *d.all.Load()
	if t, ok := all[tenant.ID(name)]; ok {
		return t, true
	}
	for _, t := range all {
		if t.Slug == name {
			return t, true
		}
	}
	return Tenant{}, false
}

// Leaving reports whether a customer is being erased or was: nothing more may be kept for it, not even what was taken in
// before, for it would outlive the customer.
func (d *Directory) Leaving(id tenant.ID) bool {
	_, ok := d.leaving.Load(id)
	return ok
}

// IDs returns all customers as of the last reload, in no order.
func (d *Directory) IDs() []tenant.ID {
	m := *d.all.Load()
	ids := make([]tenant.ID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	return ids
}
