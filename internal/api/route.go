package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Bounds of every operation that names none of its own.
const (
	maxBodyBytes  = 1 << 20
	handleTimeout = 30 * time.Second

	unbounded time.Duration = -1 // of an operation that answers as long as its caller stays
)

// operation names and bounds one operation.
type operation struct {
	id      string // camelCase, unique: the client's method name
	method  string
	path    string
	tag     string
	summary string
	status  int           // of success; 0 means 200, or 204 without a body
	maxBody int64         // 0 means maxBodyBytes
	timeout time.Duration // 0 means handleTimeout; or unbounded
}

// route is an operation with its access, as registered.
type route struct {
	operation
	access access
	params map[string]string // parameter name → where it stands: "path" or "query"
}

// register is the only way to declare an operation. It demands an access, made by one of the constructors
// in access.go, and panics on an empty one: an operation nobody thought about does not start.
func register[I, O any](a *API, op operation, acc access, handle func(context.Context, *I) (*O, error)) {
	if err := acc.complete(op); err != nil {
		panic(fmt.Sprintf("api: operation %s: %v", op.id, err))
	}
	rt := &route{operation: op, access: acc, params: parameters(reflect.TypeFor[I]())}
	a.routes = append(a.routes, rt)
	if op.maxBody == 0 {
		op.maxBody = maxBodyBytes
	}
	if op.timeout == 0 {
		op.timeout = handleTimeout
	}
	huma.Register(a.huma, huma.Operation{
		OperationID:     op.id,
		Method:          op.method,
		Path:            op.path,
		Tags:            []string{op.tag},
		Summary:         op.summary,
		DefaultStatus:   op.status,
		MaxBodyBytes:    op.maxBody,
		BodyReadTimeout: op.timeout,
		Security:        acc.security(),
		Extensions:      acc.extensions(),
		Responses:       map[string]*huma.Response{"default": a.problemResponse()},
		Middlewares:     huma.Middlewares{a.metrics.measure(op.id), a.bound(op.timeout), a.guard(rt)},
	}, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, rt, err)
		}
		return out, nil
	})
}

// bound ends an operation's context after its time.
func (a *API) bound(d time.Duration) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		if d == unbounded {
			next(hc)
			return
		}
		ctx, cancel := context.WithTimeout(hc.Context(), d)
		defer cancel()
		next(huma.WithContext(hc, ctx))
	}
}

// parameters reads where the named parameters of an input stand, from its tags.
func parameters(t reflect.Type) map[string]string {
	params := make(map[string]string)
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for name, in := range parameters(f.Type) {
				params[name] = in
			}
			continue
		}
		for _, in := range []string{"path", "query"} {
			if name := f.Tag.Get(in); name != "" {
				params[name] = in
			}
		}
	}
	return params
}

// locate says where in the request a field stands that a domain service found wrong.
func (rt *route) locate(field string) string {
	if in, ok := rt.params[field]; ok {
		return in + "." + field
	}
	if rt.method == http.MethodGet || rt.method == http.MethodDelete {
		return "query." + field
	}
	return "body." + field
}

// problemResponse documents the error document every operation may answer with.
func (a *API) problemResponse() *huma.Response {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{
		Description: "Error",
		Content:     map[string]*huma.MediaType{problemType: {Schema: schema}},
	}
}

// reply is an answer with a body; page is one page of a list.
type (
	reply[T any] struct{ Body T }

	// Page is one page of a list. Cursor asks for the next one and is empty on the last.
	Page[T any] struct {
		Items  []T    `json:"items" nullable:"false"`
		Cursor string `json:"cursor" doc:"Send it back as cursor for the next page; empty on the last."`
	}

	// CountedPage is a page of a list that also says how many rows it has in all.
	CountedPage[T any] struct {
		Items  []T    `json:"items" nullable:"false"`
		Cursor string `json:"cursor" doc:"Send it back as cursor for the next page; empty on the last."`
		Total  int64  `json:"total" doc:"Rows on all pages together."`
	}

	// List is a list short enough to come whole.
	List[T any] struct {
		Items []T `json:"items" nullable:"false"`
	}

	// empty is the answer of an operation that has nothing to say.
	empty struct{}

	// none is the input of an operation that takes nothing.
	none struct{}
)

func answer[T any](body T) *reply[T] { return &reply[T]{Body: body} }

// each converts a slice for the wire; the result is never null.
func each[A, B any](in []A, convert func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, v := range in {
		out = append(out, convert(v))
	}
	return out
}

// whole is the slice itself, never null on the wire.
func whole[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

// Paging is embedded by lists that page by cursor.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page."`
	Cursor string `query:"cursor" maxLength:"1024" doc:"Cursor of the page before."`
}

// routeOf finds a registered operation.
func (a *API) routeOf(id string) *route {
	for _, rt := range a.routes {
		if rt.id == id {
			return rt
		}
	}
	return &route{}
}
