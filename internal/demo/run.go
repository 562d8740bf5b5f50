package demo

import (
	"context"
	"errors"
	"time"
)

const (
	// tick is how many minutes of the day go out at once.
	tick = 3
	// keepEvery is how often the progress is written down.
	keepEvery = 5 * time.Second
	// patience is how long a listener that refuses is asked again before the demonstration gives up.
	patience = time.Minute
	// pause is how long to wait before the next try.
	pause = 500 * time.Millisecond
)

// Carrier takes records to the product's own listeners.
type Carrier interface {
	// Carry delivers records of one source and returns how many were taken, all but after an error.
	Carry(ctx context.Context, s Source, token string, records []Record) (int, error)
	// Close ends the connections once everything sent on them has been taken.
	Close() error
}

// launch begins to send a day in the background.
func (s *Service) launch(day *Day, tokens map[Key]string) {
	ctx, cancel := context.WithCancel(s.base)
	r := &run{cancel: cancel, done: make(chan struct{})}
	s.mu.Lock()
	s.run = r
	s.mu.Unlock()
	go func() {
		defer close(r.done)
		defer cancel()
		err := s.send(ctx, day, tokens)
		s.mu.Lock()
		s.run = nil
		s.mu.Unlock()
		if ctx.Err() != nil {
			return // whoever ended it says what it is now
		}
		action, phase := "demo.finish", Finished
		if err != nil {
			s.log.Error("the demonstration's records were not taken", "error", err)
			action, phase = "demo.fail", Failed
		}
		if err := s.enter(ctx, action, func(st *State) { st.Phase, st.EndedAt = phase, s.d.Now().UTC() }); err != nil {
			s.log.Error("the end of the demonstration could not be written down", "error", err)
		}
	}()
}

// send delivers the day, each minute of it when its turn has come.
func (s *Service) send(ctx context.Context, day *Day, tokens map[Key]string) (err error) {
	carrier, err := s.d.Dial()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, carrier.Close()) }()
	begun, kept := time.Now(), time.Now()
	sources := map[Key]Source{}
	for _, c := range Customers() {
		for _, src := range c.Sources {
			sources[src.Key] = src
		}
	}
	for m := 0; m < Minutes; m += tick {
		bySource := map[Key][]Record{}
		for i := range tick {
			for _, r := range day.Minute(m + i) {
				bySource[r.Source] = append(bySource[r.Source], r)
			}
		}
		for key, records := range bySource {
			if err := s.deliver(ctx, carrier, sources[key], tokens[key], records); err != nil {
				return err
			}
		}
		s.set(func(st *State) { st.Minute = min(m+tick, Minutes) })
		if time.Since(kept) > keepEvery {
			kept = time.Now()
			if err := s.keep(ctx, s.current()); err != nil {
				s.log.Warn("the progress of the demonstration could not be written down", "error", err)
			}
		}
		due := begun.Add(s.d.Length * time.Duration(m+tick) / time.Duration(Minutes))
		if err := sleep(ctx, time.Until(due)); err != nil {
			return err
		}
	}
	return nil
}

// deliver sends records of one source, again and again while they are not taken.
func (s *Service) deliver(ctx context.Context, c Carrier, src Source, token string, records []Record) error {
	for began := time.Now(); ; {
		n, err := c.Carry(ctx, src, token, records)
		s.set(func(st *State) { st.Sent += n })
		if err == nil {
			return nil
		}
		if records = records[n:]; time.Since(began) > patience || ctx.Err() != nil {
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
