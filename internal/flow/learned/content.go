package learned

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"

	"github.com/isoc-project/isoc/internal/flow/parse/learn"
)

// maxContent bounds what unpacking gives.
const maxContent = 64 << 20

// proposalContent is what is kept of a proposal beside its head. Lines are those it rests on, until it is decided.
type proposalContent struct {
	Proposal *learn.Proposal `json:"proposal"`
	Lines    []learn.Line    `json:"lines,omitempty"`
	Device   *learn.Device   `json:"device,omitempty"` // as it was approved
	Pack     string          `json:"pack,omitempty"`   // pack.yml it became
}

// packContent is what is kept of a version of a pack beside its head.
type packContent struct {
	Text     string          `json:"text"`
	Samples  string          `json:"samples"`
	Proposal *learn.Proposal `json:"proposal"`
}

// squeeze packs content for the store.
func squeeze(v any) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return nil, fmt.Errorf("pack what was learned: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack what was learned: %w", err)
	}
	return b.Bytes(), nil
}

// unsqueeze is the reverse of [squeeze].
func unsqueeze(data []byte, into any) error {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		err = json.NewDecoder(io.LimitReader(z, maxContent)).Decode(into)
	}
	if err != nil {
		return fmt.Errorf("unpack what was learned: %w", err)
	}
	return nil
}
