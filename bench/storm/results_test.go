package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

func TestIsCutOff(t *testing.T) {
	refused := &dial.RefusedError{Err: session.ErrUnexpectedStatus, Status: 403}
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{fmt.Errorf("dial: %w", context.Canceled), true},
		{fmt.Errorf("dial: %w", context.DeadlineExceeded), false},
		{fmt.Errorf("%w while reading the body: %w", context.Canceled, refused), false},
		{refused, false},
	} {
		if got := isCutOff(tt.err); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.err, got, tt.want)
		}
	}
}
