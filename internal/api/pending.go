package api

import (
	"context"

	"github.com/isoc-project/isoc/internal/fault"
)

func pending[I, O any](context.Context, *I) (*O, error) { return nil, fault.ErrUnavailable }
