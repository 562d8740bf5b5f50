package parse

import (
	"errors"
	"fmt"
	"time"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/windows"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// ErrNotObject says that a line of JSON is not an object and so not an event.
var ErrNotObject = errors.New("not a JSON object")

// JSONDecoder decodes events of any JSON shape; it keeps scratch memory between calls and serves one goroutine.
type JSONDecoder struct {
	parser fastjson.Parser
	draft  draft.Draft
}

// JSONEvent decodes one JSON event into ev, whose fields it replaces: Windows events converted from EVTX, Winlogbeat's,
// NXLog's flat form, ECS flat or nested, and anything else flattened to dotted names. Windows events get winlog.channel,
// winlog.event_id, winlog.provider_name, winlog.computer_name and winlog.event_data.* with values as received (blanks are
// dropped from names: "Threat Name" is winlog.event_data.ThreatName), and ECS fields beside them. Array elements repeat
// their name; null is absence. ev.Time is the record's own time, zero where it has none. The tenant and id of ev are kept.
func JSONEvent(line []byte, ev *event.Event) error {
	return new(JSONDecoder).Decode(line, ev)
}

// Decode is [JSONEvent] with scratch memory kept between calls.
func (j *JSONDecoder) Decode(line []byte, ev *event.Event) error {
	v, err := j.parser.ParseBytes(line)
	if err != nil {
		return fmt.Errorf("decode json: %w", err)
	}
	if v.Type() != fastjson.TypeObject {
		return ErrNotObject
	}
	ev.Time = time.Time{}
	j.draft.Reset(ev)
	addJSONEvent(&j.draft, v, time.UTC)
	return nil
}

// addJSONEvent adds the fields of one JSON event and sets the event's time where the record tells it.
func addJSONEvent(d *draft.Draft, v *fastjson.Value, loc *time.Location) (isWindows bool) {
	when, isWindows := windows.FromJSON(d, v)
	if isWindows {
		windows.Map(d)
	} else {
		d.AddJSON("", v)
		when, _ = d.Text(v.Get(event.Timestamp))
	}
	if t, ok := clock.Any(when, loc, time.Time{}); ok {
		d.Event().Time = t
	}
	return isWindows
}
