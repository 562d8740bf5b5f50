package store

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Minutes implements [collect.Repository].
func (r Sources) Minutes(ctx context.Context, id tenant.ID, source string, since time.Time) (list []collect.Point, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).SourceMinutes(ctx, sqlgen.SourceMinutesParams{TenantID: id.String(), SourceID: source, Minute: minuteOf(since)})
		for _, row := range rows {
			list = append(list, minutePoint(row).Point)
		}
		return translate(err)
	})
	return list, err
}

// Hours implements [collect.Repository].
func (r Sources) Hours(ctx context.Context, id tenant.ID, source string, since time.Time) (list []collect.Point, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).SourceHours(ctx, sqlgen.SourceHoursParams{TenantID: id.String(), SourceID: source, Hour: hourOf(since)})
		for _, row := range rows {
			list = append(list, hourPoint(row).Point)
		}
		return translate(err)
	})
	return list, err
}

// HoursOfAll implements [collect.Repository].
func (r Sources) HoursOfAll(ctx context.Context, id tenant.ID, since time.Time) (list []collect.SourcePoint, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).HoursOfSources(ctx, id.String(), hourOf(since))
		list = hourPoints(rows)
		return translate(err)
	})
	return list, err
}

// MinutesSince implements [collect.Catalogue].
func (r Sources) MinutesSince(ctx context.Context, since time.Time) (list []collect.SourcePoint, err error) {
	err = r.s.AllTenants(ctx, "the last minutes of log sources", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).AllMinutesSince(ctx, minuteOf(since))
		for _, row := range rows {
			list = append(list, minutePoint(row))
		}
		return translate(err)
	})
	return list, err
}

// HoursSince implements [collect.Catalogue].
func (r Sources) HoursSince(ctx context.Context, current, since time.Time) (list []collect.SourcePoint, err error) {
	err = r.s.AllTenants(ctx, "the usual pauses of log sources", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).AllHoursSince(ctx, hourOf(current), hourOf(since))
		list = hourPoints(rows)
		return translate(err)
	})
	return list, err
}

// HourRecordsSince implements [collect.Catalogue].
func (r Sources) HourRecordsSince(ctx context.Context, since time.Time) (list []collect.SourcePoint, err error) {
	err = r.s.AllTenants(ctx, "the last day of log sources", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).AllHourRecordsSince(ctx, hourOf(since))
		list = make([]collect.SourcePoint, len(rows))
		for i, row := range rows {
			list[i] = collect.SourcePoint{Tenant: tenant.ID(row.TenantID), Source: row.SourceID, Point: collect.Point{
				At: time.Unix(row.Hour*3600, 0).UTC(), Records: row.Records, Processed: row.Processed, Unparsed: row.Unparsed,
			}}
		}
		return translate(err)
	})
	return list, err
}

// SaveSeries implements [collect.Catalogue].
func (r Sources) SaveSeries(ctx context.Context, minutes, hours []collect.SourcePoint) error {
	type both struct{ minutes, hours []collect.SourcePoint }
	byTenant := map[tenant.ID]*both{}
	of := func(id tenant.ID) *both {
		if byTenant[id] == nil {
			byTenant[id] = &both{}
		}
		return byTenant[id]
	}
	for _, p := range minutes {
		of(p.Tenant).minutes = append(of(p.Tenant).minutes, p)
	}
	for _, p := range hours {
		of(p.Tenant).hours = append(of(p.Tenant).hours, p)
	}
	return r.s.Platform(ctx, func(ctx context.Context) error {
		for id, b := range byTenant {
			if err := r.s.InTenant(ctx, id, func(ctx context.Context) error { return r.putSeries(ctx, b.minutes, b.hours) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r Sources) putSeries(ctx context.Context, minutes, hours []collect.SourcePoint) error {
	q := r.s.from(ctx)
	for _, p := range minutes {
		err := q.PutSourceMinute(ctx, sqlgen.PutSourceMinuteParams{
			TenantID: p.Tenant.String(), SourceID: p.Source, Minute: minuteOf(p.At), Records: p.Records, Bytes: p.Bytes, Processed: p.Processed,
			Unparsed: p.Unparsed, Dropped: p.Dropped, LagP50: seconds(p.LagMedian), LagMax: seconds(p.LagMost),
		})
		if err != nil {
			return translate(err)
		}
	}
	for _, p := range hours {
		err := q.PutSourceHour(ctx, sqlgen.PutSourceHourParams{
			TenantID: p.Tenant.String(), SourceID: p.Source, Hour: hourOf(p.At), Records: p.Records, Bytes: p.Bytes, Processed: p.Processed,
			Unparsed: p.Unparsed, Dropped: p.Dropped, LagP50: seconds(p.LagMedian), LagMax: seconds(p.LagMost), Pause: seconds(p.Pause),
		})
		if err != nil {
			return translate(err)
		}
	}
	return nil
}

// PruneSeries implements [collect.Catalogue].
func (r Sources) PruneSeries(ctx context.Context, sources []collect.Source, minutes, hours time.Time) error {
	byTenant := map[tenant.ID][]string{}
	for i := range sources {
		byTenant[sources[i].Tenant] = append(byTenant[sources[i].Tenant], sources[i].ID)
	}
	for id, of := range byTenant { // a transaction each, so that nobody waits for all
		if err := r.s.InTenant(ctx, id, func(ctx context.Context) error { return r.prune(ctx, id, of, minutes, hours) }); err != nil {
			return err
		}
	}
	return nil
}

func (r Sources) prune(ctx context.Context, id tenant.ID, sources []string, minutes, hours time.Time) error {
	q := r.s.from(ctx)
	for _, source := range sources {
		err := q.PruneSourceMinutes(ctx, sqlgen.PruneSourceMinutesParams{TenantID: id.String(), SourceID: source, Minute: minuteOf(minutes)})
		if err != nil {
			return translate(err)
		}
		err = q.PruneSourceHours(ctx, sqlgen.PruneSourceHoursParams{TenantID: id.String(), SourceID: source, Hour: hourOf(hours)})
		if err != nil {
			return translate(err)
		}
	}
	return nil
}

func minutePoint(row sqlgen.SourceMinute) collect.SourcePoint {
	return collect.SourcePoint{Tenant: tenant.ID(row.TenantID), Source: row.SourceID, Point: collect.Point{
		At: time.Unix(row.Minute*60, 0).UTC(), Records: row.Records, Bytes: row.Bytes, Processed: row.Processed, Unparsed: row.Unparsed,
		Dropped: row.Dropped, LagMedian: time.Duration(row.LagP50) * time.Second, LagMost: time.Duration(row.LagMax) * time.Second,
	}}
}

func hourPoint(row sqlgen.SourceHour) collect.SourcePoint {
	return collect.SourcePoint{Tenant: tenant.ID(row.TenantID), Source: row.SourceID, Point: collect.Point{
		At: time.Unix(row.Hour*3600, 0).UTC(), Records: row.Records, Bytes: row.Bytes, Processed: row.Processed, Unparsed: row.Unparsed,
		Dropped: row.Dropped, LagMedian: time.Duration(row.LagP50) * time.Second, LagMost: time.Duration(row.LagMax) * time.Second,
		Pause: time.Duration(row.Pause) * time.Second,
	}}
}

func hourPoints(rows []sqlgen.SourceHour) []collect.SourcePoint {
	list := make([]collect.SourcePoint, len(rows))
	for i, row := range rows {
		list[i] = hourPoint(row)
	}
	return list
}

func minuteOf(t time.Time) int64    { return t.Unix() / 60 }
func hourOf(t time.Time) int64      { return t.Unix() / 3600 }
func seconds(d time.Duration) int64 { return int64(d / time.Second) }
