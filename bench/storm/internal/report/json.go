package report

import (
	"encoding/json"
	"io"
)

// JSON writes everything. measure.Read reads it, for storm merge.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
