package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Client calls the API as one user.
type Client struct {
	Base  string
	Token string
	HTTP  *http.Client
}

// Error is an answer other than 2xx.
type Error struct {
	Status int
	Body   string
}

// Error shows status and body.
func (e *Error) Error() string { return fmt.Sprintf("status %d: %s", e.Status, e.Body) }

// Login returns a client with a fresh token.
func Login(ctx context.Context, base, user, password string) (*Client, error) {
	c := &Client{Base: base, HTTP: &http.Client{Timeout: 30 * time.Second}}
	var out struct {
		Token string `json:"token"`
	}
	if err := c.Do(ctx, "POST", "/api/v1/login", map[string]string{"username": user, "password": password}, &out); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	c.Token = out.Token
	return c, nil
}

// Do sends in as JSON and decodes the answer into out; either may be nil.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return &Error{resp.StatusCode, string(text)}
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}

// Tenant is what the rig needs of a tenant.
type Tenant struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
}

// CreateTenant makes a tenant.
func (c *Client) CreateTenant(ctx context.Context, slug string) (Tenant, error) {
	var t Tenant
	err := c.Do(ctx, "POST", "/api/v1/tenants", map[string]any{"slug": slug, "name": slug}, &t)
	return t, err
}

// Source is what the rig needs of a source.
type Source struct {
	ID    string `json:"id"`
	Token string `json:"token"`
}

// CreateSource makes a source; extra fields override the defaults.
func (c *Client) CreateSource(ctx context.Context, tenant, name string, extra map[string]any) (Source, error) {
	in := map[string]any{"name": name, "kind": "auto"}
	for k, v := range extra {
		in[k] = v
	}
	var s Source
	err := c.Do(ctx, "POST", "/api/v1/tenants/"+tenant+"/sources", in, &s)
	return s, err
}

// Found is one page of a search.
type Found struct {
	Events []map[string]any `json:"events"`
	Cursor string           `json:"cursor"`
}

// Search returns one page.
func (c *Client) Search(ctx context.Context, tenants []string, query, from, to string, limit int, cursor string) (Found, error) {
	var f Found
	err := c.Do(ctx, "POST", "/api/v1/search", map[string]any{
		"tenants": tenants, "query": query, "from": from, "to": to, "limit": limit, "cursor": cursor}, &f)
	return f, err
}

// SearchAll pages through everything a query finds, at most max events.
func (c *Client) SearchAll(ctx context.Context, tenants []string, query, from, to string, max int) ([]map[string]any, error) {
	var all []map[string]any
	cursor := ""
	for {
		f, err := c.Search(ctx, tenants, query, from, to, 1000, cursor)
		if err != nil {
			return nil, err
		}
		all = append(all, f.Events...)
		if f.Cursor == "" || len(all) >= max {
			return all, nil
		}
		cursor = f.Cursor
	}
}

// Alert is what the rig needs of an alert.
type Alert struct {
	ID      string `json:"id"`
	Tenant  string `json:"tenant"`
	State   string `json:"state"`
	Count   int64  `json:"count"`
	Version int64  `json:"version"`
	Rule    struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		Level string `json:"level"`
	} `json:"rule"`
}

// Alerts returns the first page of a tenant's alerts; an empty tenant means all.
func (c *Client) Alerts(ctx context.Context, tenant string) ([]Alert, error) {
	var out struct {
		Items []Alert `json:"items"`
	}
	err := c.Do(ctx, "GET", "/api/v1/alerts?limit=200&tenant="+tenant, nil, &out)
	return out.Items, err
}

// Eventually calls fn every 100 ms until it returns nil, and gives up with its last error after limit.
func Eventually(limit time.Duration, fn func() error) error {
	deadline := time.Now().Add(limit)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := fn()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		<-tick.C
	}
}
