package measure

import (
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

func hdr(t *testing.T, h *hdrhistogram.Histogram) string {
	t.Helper()
	b, err := h.EncodeV2()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReadRefuses(t *testing.T) {
	other := hdrhistogram.New(1, 1000, 2)
	other.RecordValue(7)
	good := encoded(t, record(randomProcess(rand.New(rand.NewPCG(1, 1)), 5)))
	instead := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %s in the result", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	latency := func(json string) string {
		return fmt.Sprintf(`{"version": 1, "runs": 1, "latency_ns": {"handshake": {"ok": %s}}}`, json)
	}
	for _, tt := range []struct{ name, json, want string }{
		{"nothing", "", "cut short: the end of it is missing"},
		{"cut short", good[:len(good)/2], "cut short: the end of it is missing"},
		{"cut short by a line", strings.TrimSuffix(good, "}\n"), "cut short: the end of it is missing"},
		{"no JSON", "PK\x03\x04", "not a result of storm: octet 1: invalid character 'P' looking for beginning of value"},
		{"more behind it", good + good, "not a result of storm: octet "},
		{"another JSON", `{"a": 1}`, "not a result of storm: it has no version"},
		{"an array", `[1]`, "not a result of storm: octet 1:  is a array"},
		{"a later version", `{"version": 2}`, "not a result of storm that this storm reads: its format has version 2, not 1"},
		{"nothing but a version", `{"version": 1}`, "not a result of storm: "},
		{"a string for a count", instead(`"opened": `, `"opened": "x", "was": `), "counts.opened is a string"},
		{"less than none", instead(`"opened": `, `"opened": -1, "was": `), "a count is negative or too large"},
		{"too many", instead(`"octets_in": `, `"octets_in": 9007199254740993, "was": `), "a count is negative or too large"},
		{"more than an int64", instead(`"octets_in": `, `"octets_in": 1e99, "was": `), "counts.octets_in is a number 1e99"},
		{"that does not add up", instead(`"opened": `, `"opened": 1000000, "was": `), "started is "},
		{"another phase", `{"version": 1, "latency_ns": {"lunch": {}}}`, `"lunch" is not timed by storm`},
		{"no histogram", latency(`{"hdr": "zzz"}`), "histogram: "},
		{"a histogram cut short", latency(`{"hdr": "` + hdr(t, other)[:20] + `"}`), "histogram: "},
		{"another histogram", latency(`{"count": 1, "hdr": "` + hdr(t, other) + `"}`), "other buckets"},
		{"a count that is not the histogram's", latency(`{"count": 2, "hdr": "` + hdr(t, hdrhistogram.New(1, int64(Longest), 3)) + `"}`), "says that it has 2"},
		{"rows of an odd length", instead(`"interval_ns": 1000000000`, `"interval_ns": 1000000001`), "a series of "},
		{"rows without a length", instead(`"interval_ns": 1000000000`, `"interval_ns": 0`), "a series of "},
		{"rows of less than nothing", instead(`"interval_ns": 1000000000`, `"interval_ns": -1000000000`), "a series of "},
		{"too many rows", fmt.Sprintf(`{"version": 1, "runs": 1, "series": {"interval_ns": 1000000000, "rows": [{}%s]}}`, strings.Repeat(",{}", MaxRows)), "a series of 3601 rows"},
		{"nested without end", `{"version": 1, "failures": ` + strings.Repeat("[", 1<<20), "not a result of storm: "},
	} {
		r, err := Read(strings.NewReader(tt.json))
		if err == nil || !strings.Contains(err.Error(), tt.want) || r != nil {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

type endless struct{}

var blanks = strings.Repeat(" ", 1<<20)

func (endless) Read(p []byte) (int, error) {
	return copy(p, blanks), nil
}

func TestReadIsBounded(t *testing.T) {
	if _, err := Read(endless{}); err != ErrTooLarge {
		t.Errorf("%v", err)
	}
	if _, err := Read(io.MultiReader(strings.NewReader("{"), iotestErr{})); err != io.ErrClosedPipe {
		t.Errorf("%v", err)
	}
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Whatever is changed in a result, it is read as something that adds up, or not
// at all.
func FuzzRead(f *testing.F) {
	p := randomProcess(rand.New(rand.NewPCG(2, 2)), 2)
	var b strings.Builder
	if err := record(p).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Add(`{"version": 1, "runs": 1}`)
	f.Add(base64.StdEncoding.EncodeToString([]byte("x")))
	f.Fuzz(func(t *testing.T, json string) {
		r, err := Read(strings.NewReader(json))
		if err != nil {
			return
		}
		other := *r
		other.Started = r.Started.Add(1)
		if _, err := Merge(r, &other); err != nil {
			t.Error(err)
		}
		if err := r.Check(); err != nil {
			t.Error(err)
		}
	})
}
