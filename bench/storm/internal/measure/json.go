package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxSize bounds what Read reads.
const MaxSize = 256 << 20

// Write writes r as JSON.
func (r *Result) Write(w io.Writer) error { return write(w, r) }

func write(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Errors of Read.
var (
	ErrTooLarge = fmt.Errorf("larger than %d MiB", MaxSize>>20)
	ErrFormat   = errors.New("not a result of storm")
	ErrCutShort = errors.New("cut short: the end of it is missing")
)

// Read reads what Write has written, and checks that it adds up. Errors say what
// is wrong with it; it is nothing, then.
func Read(rd io.Reader) (*Result, error) {
	limited := &io.LimitedReader{R: rd, N: MaxSize + 1}
	b, err := io.ReadAll(limited)
	switch {
	case err != nil:
		return nil, err
	case limited.N == 0:
		return nil, ErrTooLarge
	}
	var version struct {
		Version *int `json:"version"`
	}
	if err := decode(b, &version); err != nil {
		return nil, err
	}
	switch {
	case version.Version == nil:
		return nil, fmt.Errorf("%w: it has no version", ErrFormat)
	case *version.Version != Version:
		return nil, fmt.Errorf("%w that this storm reads: its format has version %d, not %d", ErrFormat, *version.Version, Version)
	}
	r := new(Result)
	if err := decode(b, r); err != nil {
		return nil, err
	}
	if err := r.complete(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return r, nil
}

// complete checks r and makes what a Result always has.
func (r *Result) complete() error {
	if err := r.Check(); err != nil {
		return err
	}
	if r.Runs < 1 || int64(r.Runs) > maxCount || r.Elapsed < 0 {
		return fmt.Errorf("%d runs of %v", r.Runs, r.Elapsed)
	}
	r.Series.count()
	for _, m := range []*map[string]int64{&r.Subprotocols, &r.Extensions} {
		if *m == nil {
			*m = map[string]int64{}
		}
	}
	if r.CloseCodes == nil {
		r.CloseCodes = map[uint16]int64{}
	}
	return nil
}

// decode decodes the whole of b.
func decode(b []byte, v any) error {
	err := json.Unmarshal(b, v)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax) && int(syntax.Offset) >= len(b):
		return ErrCutShort
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: octet %d: %w", ErrFormat, syntax.Offset, err)
	case errors.As(err, &kind):
		return fmt.Errorf("%w: octet %d: %s is a %s", ErrFormat, kind.Offset, kind.Field, kind.Value)
	default:
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
}
