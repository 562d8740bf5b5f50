package content

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/content/packfile"
	"github.com/isoc-project/isoc/internal/fault"
)

const (
	maxFeeds = 50
	maxURL   = 2000
	minEvery = time.Hour
	maxEvery = 30 * 24 * time.Hour
)

// Feed is an address that a pack is fetched from.
type Feed struct {
	ID   string // ULID
	Name string // of the pack it brings
	FeedSettings
	CreatedAt time.Time
	CreatedBy string
	ETag      string      // of what was fetched last
	CheckedAt time.Time   // zero before the first check
	Outcome   FeedOutcome // of the last check
}

// FeedSettings are what an operator decides of a feed.
type FeedSettings struct {
	URL      string        // https
	Every    time.Duration // between checks; 0 only when asked
	Unsigned bool          // take what nobody signed
	Activate bool          // put what comes in force at once; else it is staged
}

// Result is what a check came to.
type Result string

// The results.
const (
	FeedSame      Result = "same"      // nothing new
	FeedStaged    Result = "staged"    // a version waits to be looked at
	FeedActivated Result = "activated" // a version is in force
	FeedFailed    Result = "failed"
)

// FeedOutcome is what came of a check. Code and Reason say why it failed: as a fault.Invalid does, or in the words of the network.
type FeedOutcome struct {
	Result Result `json:"result,omitempty"`
	Pack   string `json:"pack,omitempty"` // id of the version that came
	Field  string `json:"field,omitempty"`
	Code   string `json:"code,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Fetcher reads an address. It must refuse whatever is not public, unless the operator allows it, and more than max bytes; same is set where
// what is there still has the etag. Its errors are fault.Invalid where the operator can mend them.
type Fetcher interface {
	Fetch(ctx context.Context, url, etag string, max int64) (data []byte, newTag string, same bool, err error)
}

// FeedRepository keeps feeds. Missing ids are fault.ErrNotFound, a name in use is a fault.Taken.
type FeedRepository interface {
	AddFeed(ctx context.Context, f Feed) error
	Feeds(ctx context.Context) ([]Feed, error)
	// UpdateFeed keeps the settings and the etag.
	UpdateFeed(ctx context.Context, f Feed) error
	// CheckedFeed keeps etag, time and outcome of a check.
	CheckedFeed(ctx context.Context, f Feed) error
	RemoveFeed(ctx context.Context, id string) error
}

// Feeds returns the feeds, by name.
func (s *Service) Feeds(ctx context.Context) ([]Feed, error) {
	feeds, err := s.deps.Repository.Feeds(ctx)
	if err != nil {
		return nil, fmt.Errorf("list feeds: %w", err)
	}
	return feeds, nil
}

func (f *FeedSettings) check() error {
	u, err := url.Parse(f.URL)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(f.URL) > maxURL:
		return fault.NewInvalid("url", "content.feed.url", "must be an https address without user and password")
	case f.Every != 0 && (f.Every < minEvery || f.Every > maxEvery):
		return fault.NewInvalid("every", "content.feed.every", "must be 0 or between an hour and 30 days")
	}
	return nil
}

// AddFeed keeps an address under the name of the pack it brings.
func (s *Service) AddFeed(ctx context.Context, name string, set FeedSettings) (Feed, error) {
	if err := checkName(name); err != nil {
		return Feed{}, err
	}
	if err := set.check(); err != nil {
		return Feed{}, err
	}
	f := Feed{ID: ulid.Make().String(), Name: name, FeedSettings: set, CreatedAt: s.deps.Now().UTC(), CreatedBy: s.deps.Actor(ctx)}
	err := s.deps.Door.Platform(ctx, func(ctx context.Context) error {
		feeds, err := s.deps.Repository.Feeds(ctx)
		if err != nil {
			return err
		}
		if len(feeds) >= maxFeeds {
			return fault.NewInvalid("name", "content.feed.many", fmt.Sprintf("would be one more than %d", maxFeeds))
		}
		if err := s.deps.Repository.AddFeed(ctx, f); err != nil {
			return err
		}
		return s.recordOf(ctx, "content.add_feed", "feed/"+f.ID, nil, feedSummary(f))
	})
	if err != nil {
		return Feed{}, fmt.Errorf("add feed: %w", err)
	}
	return f, nil
}

// SetFeed changes the settings of a feed.
func (s *Service) SetFeed(ctx context.Context, id string, set FeedSettings) (f Feed, err error) {
	if err := set.check(); err != nil {
		return Feed{}, err
	}
	err = s.deps.Door.Platform(ctx, func(ctx context.Context) error {
		if f, err = s.feed(ctx, id); err != nil || f.FeedSettings == set {
			return err
		}
		before := feedSummary(f)
		f.FeedSettings, f.ETag = set, "" // what was refused before may be taken now
		if err := s.deps.Repository.UpdateFeed(ctx, f); err != nil {
			return err
		}
		return s.recordOf(ctx, "content.set_feed", "feed/"+id, before, feedSummary(f))
	})
	if err != nil {
		return Feed{}, fmt.Errorf("change feed %s: %w", id, err)
	}
	return f, nil
}

// RemoveFeed forgets an address. The packs it brought stay.
func (s *Service) RemoveFeed(ctx context.Context, id string) error {
	err := s.deps.Door.Platform(ctx, func(ctx context.Context) error {
		f, err := s.feed(ctx, id)
		if err != nil {
			return err
		}
		if err := s.deps.Repository.RemoveFeed(ctx, id); err != nil {
			return err
		}
		return s.recordOf(ctx, "content.remove_feed", "feed/"+id, feedSummary(f), nil)
	})
	if err != nil {
		return fmt.Errorf("remove feed %s: %w", id, err)
	}
	return nil
}

func (s *Service) feed(ctx context.Context, id string) (Feed, error) {
	feeds, err := s.deps.Repository.Feeds(ctx)
	if err != nil {
		return Feed{}, err
	}
	i := slices.IndexFunc(feeds, func(f Feed) bool { return f.ID == id })
	if i < 0 {
		return Feed{}, fault.ErrNotFound
	}
	return feeds[i], nil
}

// CheckFeed fetches what is at a feed's address and imports it, staged unless the feed says otherwise. What came of it is kept in the feed; the error
// says only that it could not be kept.
func (s *Service) CheckFeed(ctx context.Context, id string) (Feed, error) {
	f, err := s.feed(ctx, id)
	if err != nil {
		return Feed{}, fmt.Errorf("check feed %s: %w", id, err)
	}
	f.Outcome = s.fetch(ctx, &f)
	f.CheckedAt = s.deps.Now().UTC()
	if err := s.deps.Repository.CheckedFeed(ctx, f); err != nil {
		return Feed{}, fmt.Errorf("keep what came of feed %s: %w", id, err)
	}
	s.log.InfoContext(ctx, "feed checked", "feed", f.Name, "result", f.Outcome.Result, "reason", f.Outcome.Reason)
	return f, nil
}

func (s *Service) fetch(ctx context.Context, f *Feed) FeedOutcome {
	if s.deps.Fetcher == nil {
		return failed(fault.NewInvalid("url", "content.feed.off", "cannot be fetched from here"))
	}
	data, tag, same, err := s.deps.Fetcher.Fetch(ctx, f.URL, f.ETag, packfile.MaxZIPBytes)
	if err != nil {
		return failed(err)
	}
	if same {
		return FeedOutcome{Result: FeedSame, Pack: f.Outcome.Pack}
	}
	o := ImportOptions{Name: f.Name, Unsigned: f.Unsigned, Activate: f.Activate, Origin: f.URL}
	in, err := s.Import(ctx, o, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return failed(err)
	}
	f.ETag = tag // only of what was taken: the rest is tried again
	out := FeedOutcome{Result: FeedStaged, Pack: in.Pack.ID}
	switch {
	case in.Existing:
		out.Result = FeedSame
	case in.Pack.Active:
		out.Result = FeedActivated
	}
	return out
}

func failed(err error) FeedOutcome {
	o := FeedOutcome{Result: FeedFailed, Reason: err.Error()}
	if inv := (*fault.Invalid)(nil); errors.As(err, &inv) {
		o.Field, o.Code, o.Reason = inv.Field, inv.Code, inv.Reason
	}
	return o
}

// CheckDue checks the feeds whose time has come, one after the other.
func (s *Service) CheckDue(ctx context.Context) error {
	feeds, err := s.deps.Repository.Feeds(ctx)
	if err != nil {
		return fmt.Errorf("list feeds: %w", err)
	}
	for _, f := range feeds {
		if f.Every > 0 && s.deps.Now().Sub(f.CheckedAt) >= f.Every && ctx.Err() == nil {
			if _, err := s.CheckFeed(ctx, f.ID); err != nil && !errors.Is(err, fault.ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

// feedFacts is what the audit keeps of a feed.
type feedFacts struct {
	Name     string `json:"name"`
	URL      string `json:"url"`
	Every    string `json:"every"`
	Unsigned bool   `json:"unsigned"`
	Activate bool   `json:"activate"`
}

func feedSummary(f Feed) feedFacts {
	return feedFacts{f.Name, f.URL, f.Every.String(), f.Unsigned, f.Activate}
}
