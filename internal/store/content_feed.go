package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
)

// AddFeed implements [content.FeedRepository].
func (c Content) AddFeed(ctx context.Context, f content.Feed) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		err := c.s.from(ctx).InsertFeed(ctx, sqlgen.InsertFeedParams{
			ID: f.ID, Name: f.Name, Url: f.URL, Every: minutes(f.Every), Unsigned: f.Unsigned, Activate: f.Activate,
			CreatedAt: micros(f.CreatedAt), CreatedBy: f.CreatedBy,
		})
		return taken(err, map[string]string{"name": f.Name})
	})
}

func minutes(d time.Duration) int64 { return int64(d / time.Minute) }

// Feeds implements [content.FeedRepository].
func (c Content) Feeds(ctx context.Context) (feeds []content.Feed, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := c.s.from(ctx).Feeds(ctx)
		for _, r := range rows {
			f := content.Feed{
				ID: r.ID, Name: r.Name, CreatedAt: at(r.CreatedAt), CreatedBy: r.CreatedBy, ETag: r.Etag, CheckedAt: at(r.CheckedAt),
				FeedSettings: content.FeedSettings{URL: r.Url, Every: time.Duration(r.Every) * time.Minute, Unsigned: r.Unsigned, Activate: r.Activate},
			}
			if err := json.Unmarshal([]byte(r.Outcome), &f.Outcome); err != nil {
				return fmt.Errorf("outcome of feed %s: %w", r.ID, err)
			}
			feeds = append(feeds, f)
		}
		return translate(err)
	})
	return feeds, err
}

// UpdateFeed implements [content.FeedRepository].
func (c Content) UpdateFeed(ctx context.Context, f content.Feed) error {
	return c.feed(ctx, func(ctx context.Context, t *txn) (int64, error) {
		return t.UpdateFeed(ctx, sqlgen.UpdateFeedParams{Url: f.URL, Every: minutes(f.Every), Unsigned: f.Unsigned, Activate: f.Activate, Etag: f.ETag, ID: f.ID})
	})
}

// CheckedFeed implements [content.FeedRepository].
func (c Content) CheckedFeed(ctx context.Context, f content.Feed) error {
	text, err := json.Marshal(f.Outcome)
	if err != nil {
		return fmt.Errorf("encode outcome: %w", err)
	}
	return c.feed(ctx, func(ctx context.Context, t *txn) (int64, error) {
		return t.SetFeedOutcome(ctx, sqlgen.SetFeedOutcomeParams{Etag: f.ETag, CheckedAt: micros(f.CheckedAt), Outcome: string(text), ID: f.ID})
	})
}

// RemoveFeed implements [content.FeedRepository].
func (c Content) RemoveFeed(ctx context.Context, id string) error {
	return c.feed(ctx, func(ctx context.Context, t *txn) (int64, error) { return t.DeleteFeed(ctx, id) })
}

// feed changes one row.
func (c Content) feed(ctx context.Context, change func(context.Context, *txn) (int64, error)) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		n, err := change(ctx, c.s.from(ctx))
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return translate(err)
	})
}
