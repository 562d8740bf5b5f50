package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
)

// checkTimeout bounds a check that somebody waits for: the fetch, and the import of what came.
const checkTimeout = 5 * time.Minute

// PackFeed is an address that a pack is fetched from.
type PackFeed struct {
	ID   string `json:"id"`
	Name string `json:"name" doc:"Of the pack it brings."`
	PackFeedSettings
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by"`
	CheckedAt *time.Time `json:"checked_at" nullable:"true"`
	Result    string     `json:"result" enum:"none,same,staged,activated,failed" doc:"Of the last check; none before the first."`
	Pack      string     `json:"pack" doc:"Id of the version that came last; else empty."`
	Reason    string     `json:"reason" doc:"Why the last check failed, in the caller's language where the product knows the reason."`
}

// PackFeedSettings are what an operator decides of a feed.
type PackFeedSettings struct {
	URL      string `json:"url" minLength:"1" maxLength:"2000" doc:"https."`
	Hours    int64  `json:"hours" minimum:"0" maximum:"720" doc:"Between checks; 0 only when asked."`
	Unsigned bool   `json:"unsigned" doc:"Take what nobody signed."`
	Activate bool   `json:"activate" doc:"Put what comes in force at once; else it is staged."`
}

// PackFeedDraft is a feed to be kept.
type PackFeedDraft struct {
	Name string `json:"name" minLength:"1" maxLength:"64"`
	PackFeedSettings
}

// PackFeeds keeps and checks feeds. It audits every change by itself.
type PackFeeds interface {
	FeedReader
	FeedKeeper
}

// FeedReader reads and checks feeds.
type FeedReader interface {
	Feeds(ctx context.Context) ([]content.Feed, error)
	CheckFeed(ctx context.Context, id string) (content.Feed, error)
}

// FeedKeeper changes feeds; a missing one is fault.ErrNotFound.
type FeedKeeper interface {
	AddFeed(ctx context.Context, name string, set content.FeedSettings) (content.Feed, error)
	SetFeed(ctx context.Context, id string, set content.FeedSettings) (content.Feed, error)
	RemoveFeed(ctx context.Context, id string) error
}

// FeedPath is the input of operations whose path names a feed.
type FeedPath struct {
	Feed string `path:"feed" maxLength:"64"`
}

func (a *API) declareFeeds() {
	register(a, operation{
		id: "listPackFeeds", method: http.MethodGet, path: "/api/v1/content/feeds", tag: "content",
		summary: "Addresses that packs are fetched from",
	}, provider(identity.ReadRules), a.listPackFeeds)
	register(a, operation{
		id: "addPackFeed", method: http.MethodPost, path: "/api/v1/content/feeds", tag: "content",
		summary: "Fetch a pack from an address", status: http.StatusCreated,
	}, provider(identity.ManageRules), a.addPackFeed)
	register(a, operation{
		id: "setPackFeed", method: http.MethodPut, path: "/api/v1/content/feeds/{feed}", tag: "content",
		summary: "Change how a pack is fetched",
	}, provider(identity.ManageRules), a.setPackFeed)
	register(a, operation{
		id: "removePackFeed", method: http.MethodDelete, path: "/api/v1/content/feeds/{feed}", tag: "content",
		summary: "Forget an address; the packs it brought stay",
	}, provider(identity.ManageRules), a.removePackFeed)
	register(a, operation{
		id: "checkPackFeed", method: http.MethodPost, path: "/api/v1/content/feeds/{feed}/check", tag: "content",
		summary: "Fetch what is at an address now; what came of it is in the answer", timeout: checkTimeout,
	}, provider(identity.ManageRules), a.checkPackFeed)
}

func (a *API) listPackFeeds(ctx context.Context, _ *none) (*reply[List[PackFeed]], error) {
	feeds, err := a.deps.Packs.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	return answer(List[PackFeed]{Items: each(feeds, func(f content.Feed) PackFeed { return a.feedBody(ctx, f) })}), nil
}

func (a *API) addPackFeed(ctx context.Context, in *struct{ Body PackFeedDraft }) (*reply[PackFeed], error) {
	return a.feedAnswer(ctx)(a.deps.Packs.AddFeed(ctx, in.Body.Name, in.Body.settings()))
}

func (a *API) setPackFeed(ctx context.Context, in *struct {
	FeedPath
	Body PackFeedSettings
}) (*reply[PackFeed], error) {
	return a.feedAnswer(ctx)(a.deps.Packs.SetFeed(ctx, in.Feed, in.Body.settings()))
}

func (a *API) removePackFeed(ctx context.Context, in *FeedPath) (*empty, error) {
	return &empty{}, a.deps.Packs.RemoveFeed(ctx, in.Feed)
}

func (a *API) checkPackFeed(ctx context.Context, in *FeedPath) (*reply[PackFeed], error) {
	return a.feedAnswer(ctx)(a.deps.Packs.CheckFeed(ctx, in.Feed))
}

func (a *API) feedAnswer(ctx context.Context) func(content.Feed, error) (*reply[PackFeed], error) {
	return func(f content.Feed, err error) (*reply[PackFeed], error) {
		if err != nil {
			return nil, err
		}
		return answer(a.feedBody(ctx, f)), nil
	}
}

func (s PackFeedSettings) settings() content.FeedSettings {
	return content.FeedSettings{URL: s.URL, Every: time.Duration(s.Hours) * time.Hour, Unsigned: s.Unsigned, Activate: s.Activate}
}

func (a *API) feedBody(ctx context.Context, f content.Feed) PackFeed {
	b := PackFeed{
		ID: f.ID, Name: f.Name, CreatedAt: f.CreatedAt.UTC(), CreatedBy: f.CreatedBy, CheckedAt: instant(f.CheckedAt),
		PackFeedSettings: PackFeedSettings{URL: f.URL, Hours: int64(f.Every / time.Hour), Unsigned: f.Unsigned, Activate: f.Activate},
		Result:           "none", Pack: f.Outcome.Pack,
	}
	if f.Outcome.Result != "" {
		b.Result = string(f.Outcome.Result)
	}
	if f.Outcome.Result == content.FeedFailed {
		b.Reason = a.catalogue.Reason(metaFrom(ctx).lang, f.Outcome.Code, f.Outcome.Reason)
		if f.Outcome.Field != "" {
			b.Reason = f.Outcome.Field + ": " + b.Reason
		}
	}
	return b
}
