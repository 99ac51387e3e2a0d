package report

import (
	"bytes"
	"testing"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

func TestJSON(t *testing.T) { golden(t, ".json", (*Report).JSON) }

// What JSON writes is what storm merge reads.
func TestJSONIsRead(t *testing.T) {
	for _, r := range []*Report{everything, failing, nothing} {
		var b, again bytes.Buffer
		if err := r.JSON(&b); err != nil {
			t.Fatal(err)
		}
		read, err := measure.Read(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Error(err)
			continue
		}
		merged, err := measure.Merge(read)
		if err != nil {
			t.Error(err)
			continue
		}
		if err := (&Report{read, r.Thresholds}).JSON(&again); err != nil {
			t.Fatal(err)
		}
		if again.String() != b.String() && r == everything {
			t.Errorf("read\n%s\nwritten\n%s", &again, &b)
		}
		if merged.Counts != r.Counts {
			t.Errorf("%+v, want %+v", merged.Counts, r.Counts)
		}
	}
}
