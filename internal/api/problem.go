package api

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/isoc-project/isoc/internal/api/i18n"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
)

const problemType = "application/problem+json"

// Problem is the error document of every operation (RFC 9457). Code is stable and meant for programs;
// title, detail and messages are worded for people in the language of Accept-Language.
type Problem struct {
	Type      string         `json:"type" example:"urn:isoc:problem:invalid" doc:"A URN that names the kind of problem."`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Code      string         `json:"code" example:"invalid" doc:"Stable name of the kind of problem."`
	Errors    []ProblemField `json:"errors,omitempty" nullable:"false" doc:"The fields that are wrong."`
	By        string         `json:"by,omitempty" doc:"On 409: who made the change that stands now."`
	At        *time.Time     `json:"at,omitempty" doc:"On 409: when that change was made."`
	Version   int64          `json:"version,omitempty" doc:"On 409: the version that stands now."`
	RequestID string         `json:"request_id,omitempty" doc:"Names the request in the server's log."`

	retryAfter time.Duration
}

// ProblemField is one field that is wrong.
type ProblemField struct {
	Location string `json:"location" example:"body.slug" doc:"Where the field stands: body.…, query.… or path.…"`
	Message  string `json:"message"`
	Code     string `json:"code,omitempty" doc:"Stable name of the reason, where there is one."`
	Value    any    `json:"value,omitempty" doc:"The value that was sent, unless it may be secret."`
	Position *int   `json:"position,omitempty" doc:"In a query: byte offset of the fault."`
	Hint     string `json:"hint,omitempty" doc:"In a query: what may have been meant."`
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType marks the document as a problem.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders returns what RFC 9110 asks for beside the status.
func (p *Problem) GetHeaders() http.Header {
	h := make(http.Header)
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.seconds()))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="isoc"`)
	}
	return h
}

func (p *Problem) seconds() int { return int(math.Ceil(p.retryAfter.Seconds())) }

// Faults that only the edge knows.
var (
	errNowhere     = errors.New("no such path")
	errCrossOrigin = errors.New("cross-origin request")
	errLoginFailed = errors.New("log-in failed")
)

// kind is one row of the table that maps faults to statuses.
type kind struct {
	fault  error
	status int
	code   string
}

// kinds maps every fault of the domain to a status and a code. The first row that matches counts.
func kinds() []kind {
	return []kind{
		{errLoginFailed, http.StatusUnauthorized, "login_failed"},
		{errCrossOrigin, http.StatusForbidden, "cross_origin"},
		{errNowhere, http.StatusNotFound, "not_found"},
		{fault.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated"},
		{fault.ErrForbidden, http.StatusForbidden, "forbidden"},
		{fault.ErrNotFound, http.StatusNotFound, "not_found"},
		{fault.ErrConflict, http.StatusConflict, "conflict"},
		{fault.ErrQuota, http.StatusTooManyRequests, "quota"},
		{context.DeadlineExceeded, http.StatusGatewayTimeout, "timeout"},
		{fault.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
		{fault.ErrInvalid, http.StatusUnprocessableEntity, "invalid"},
		{context.Canceled, 499, "timeout"}, // the client went away; nobody reads this
	}
}

// problem maps an error to its document. Errors of no known kind are logged here, their only edge,
// and the caller is told nothing but the number of the request.
func (a *API) problem(ctx context.Context, rt *route, err error) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	m := metaFrom(ctx)
	p := &Problem{Status: http.StatusInternalServerError, Code: "internal", RequestID: m.requestID}
	for _, k := range kinds() {
		if errors.Is(err, k.fault) {
			p.Status, p.Code = k.status, k.code
			break
		}
	}
	var pairs []string
	switch p.Code {
	case "internal":
		a.log.ErrorContext(ctx, "request failed", "request_id", m.requestID, "error", err)
		pairs = []string{"request", m.requestID}
	case "conflict":
		pairs = p.describeConflict(err)
	case "quota", "unavailable":
		pairs = p.describePause(err)
	case "invalid":
		p.Errors = a.invalidFields(m.lang, rt, err)
	}
	var q *query.Error
	if errors.As(err, &q) {
		p.Status, p.Code = http.StatusUnprocessableEntity, "query"
		p.Errors = []ProblemField{a.queryFault(ctx, rt.locate("query"), q)}
	}
	a.word(p, m.lang, pairs...)
	return p
}

// word fills the texts of a problem in one language.
func (a *API) word(p *Problem, lang i18n.Lang, pairs ...string) {
	p.Type = "urn:isoc:problem:" + p.Code
	p.Title, _ = a.catalogue.Text(lang, "problem."+p.Code+".title")
	key := p.Code
	if key == "conflict" && p.By == "" {
		key = "conflict_unknown"
	}
	p.Detail, _ = a.catalogue.Text(lang, "problem."+key+".detail", pairs...)
}

func (p *Problem) describeConflict(err error) []string {
	var taken *fault.Taken
	if errors.As(err, &taken) {
		p.Code = "taken"
		p.Errors = []ProblemField{{Location: "body." + taken.Field, Message: taken.Error(), Code: "taken", Value: taken.Value}}
		return []string{"field", taken.Field, "value", taken.Value}
	}
	var unconfirmed *fault.Unconfirmed
	if errors.As(err, &unconfirmed) {
		p.Code = "unconfirmed"
		return []string{"names", strings.Join(unconfirmed.Names, ", ")}
	}
	var c *fault.Conflict
	if !errors.As(err, &c) {
		return nil
	}
	p.By, p.Version = c.By, c.Version
	if !c.At.IsZero() {
		at := c.At.UTC()
		p.At = &at
	}
	return []string{"by", c.By, "at", c.At.UTC().Format(time.RFC3339)}
}

// retryUnavailable is the pause asked for where a service names none.
const retryUnavailable = 5 * time.Second

func (p *Problem) describePause(err error) []string {
	p.retryAfter = retryUnavailable
	var q *fault.Quota
	if errors.As(err, &q) && q.RetryAfter > 0 {
		p.retryAfter = q.RetryAfter
	}
	return []string{"seconds", strconv.Itoa(p.seconds())}
}

func (a *API) invalidFields(lang i18n.Lang, rt *route, err error) []ProblemField {
	var all fault.InvalidAll
	if !errors.As(err, &all) {
		var one *fault.Invalid
		if !errors.As(err, &one) {
			return nil
		}
		all = fault.InvalidAll{one}
	}
	return each(all, func(f *fault.Invalid) ProblemField {
		return ProblemField{Location: rt.locate(f.Field), Message: a.catalogue.Reason(lang, f.Code, f.Reason), Code: f.Code}
	})
}

// rewordFrameworkErrors turns the framework's own errors (bad JSON, schema, size) into problems like all others.
// Values are not sent back where they may be secret: whole objects and anything under a telling name.
func (a *API) rewordFrameworkErrors(hc huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	m := metaFrom(hc.Context())
	p := &Problem{Status: e.Status, RequestID: m.requestID}
	switch e.Status {
	case http.StatusUnprocessableEntity:
		p.Code = "invalid"
	case http.StatusRequestEntityTooLarge:
		p.Code = "too_large"
	case http.StatusUnsupportedMediaType:
		p.Code = "unsupported_media_type"
	case http.StatusRequestTimeout:
		p.Code = "timeout"
	default:
		p.Code = "bad_request"
	}
	if e.Status >= http.StatusInternalServerError {
		a.log.ErrorContext(hc.Context(), "request failed", "request_id", m.requestID, "error", e.Detail)
		p.Code = "internal"
	}
	for _, d := range e.Errors {
		f := ProblemField{Location: d.Location, Message: a.catalogue.Schema(m.lang, d.Message), Value: echo(d.Value)}
		if d.Location == "" || d.Location == "body" || secret(d.Location) {
			f.Value = nil
		}
		p.Errors = append(p.Errors, f)
	}
	if len(e.Errors) == 0 && e.Status == http.StatusBadRequest {
		p.Errors = []ProblemField{{Location: "body", Message: a.catalogue.Schema(m.lang, e.Detail)}}
	}
	a.word(p, m.lang, "request", m.requestID)
	return p, nil
}

func secret(location string) bool {
	for _, word := range []string{"password", "token", "otp", "secret"} {
		if strings.Contains(location, word) {
			return true
		}
	}
	return false
}

// write sends a problem from a middleware, before any handler ran.
func (a *API) write(hc huma.Context, p *Problem) {
	for name, values := range p.GetHeaders() {
		hc.SetHeader(name, values[0])
	}
	hc.SetHeader("Content-Type", problemType)
	hc.SetStatus(p.Status)
	if err := json.NewEncoder(hc.BodyWriter()).Encode(p); err != nil {
		a.log.DebugContext(hc.Context(), "answer not delivered", "error", err)
	}
}

// refuse sends the problem for err outside any operation.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := a.problem(r.Context(), &route{}, err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		a.log.DebugContext(r.Context(), "answer not delivered", "error", err)
	}
}

var (
	_ huma.StatusError       = (*Problem)(nil)
	_ huma.HeadersError      = (*Problem)(nil)
	_ huma.ContentTypeFilter = (*Problem)(nil)
)

// maxEcho bounds the text of a refused value that is sent back.
const maxEcho = 200

// echo returns what of a refused value goes back to who sent it: of a long text the beginning, nothing of an object or a list,
// since the framework gives the whole object for a single property it does not know.
func echo(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) > maxEcho {
			return strings.ToValidUTF8(v[:maxEcho], "") + "…"
		}
		return v
	case nil, bool, float64, int, int64:
		return v
	}
	return nil
}
