package run

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The frames are found however their octets are cut.
func TestScanner(t *testing.T) {
	long := strings.Repeat("0123456789", 7000)
	octets := []byte("\x81\x05hello" + // RFC 6455 section 5.7
		"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58" +
		"\x01\x03Hel" + "\x80\x02lo" + "\x89\x00" + "\xc2\x01x" + "\xb3\x80\x01\x02\x03\x04" +
		"\x82\x7e\x01\x00" + long[:256] + "\x82\x7f\x00\x00\x00\x00\x00\x01\x11\x70" + long)
	want := []string{
		`text|FIN|5|5|hello|true`, `text|FIN mask|5|5|Hello|true`, `text||3|3|Hel|false`, `continuation|FIN|2|2|lo|false`,
		`ping|FIN|0|0||false`, `binary|FIN RSV1|1|1|x|false`, `opcode 3|FIN RSV2 RSV3 mask|0|0||false`,
		`binary|FIN|256|256|` + long[:300][:256] + `|true`, `binary|FIN|70000|70000|` + long[:300] + `|true`,
	}
	for _, size := range []int{1, 2, 3, 7, 100, len(octets)} {
		s := scanner{keep: 300}
		var got []string
		for piece := range slices.Chunk(octets, size) {
			s.scan(piece, func(f *frame) {
				got = append(got, fmt.Sprintf("%s|%s|%d|%d|%s|%v", f.name(), f.bits(), f.length, f.came, f.begin, f.message()))
			})
		}
		if !slices.Equal(got, want) || s.rest() != "" {
			t.Errorf("in pieces of %d: %.40q, want %.40q; rest %q", size, got, want, s.rest())
		}
	}
}

func TestScannerRest(t *testing.T) {
	for _, tt := range []struct{ octets, want string }{
		{"", ""},
		{"\x81\x00", ""},
		{"\x81", "a frame, cut off in its header: 81"},
		{"\x81\x7e\x01", "a frame, cut off in its header: 81 7e 01"},
		{"\x81\x05he", "text of 5 octets, cut off behind 2"},
		{"\x88\x02", "close of 2 octets, cut off behind 0"},
	} {
		var s scanner
		s.scan([]byte(tt.octets), func(*frame) {})
		if got := s.rest(); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.octets, got, tt.want)
		}
	}
}

// No part of a secret is shown, wherever it begins, and however much was kept of
// the payload.
func TestPreviewMasks(t *testing.T) {
	const secret = "S3CR3T-T0K3N"
	tr := trace{mask: newMasker([]string{secret})}
	for at := range 2 * mostShown {
		for _, again := range []int{0, 1, 30} {
			payload := []byte(strings.Repeat(secret, again) + strings.Repeat("x", at) + secret + strings.Repeat("x", 500))
			kept := payload[:mostShown+at%20]
			for _, text := range []bool{true, false} {
				shown := tr.preview(kept, false, text)
				for i := 2; i < len(secret); i++ {
					if strings.Contains(shown, secret[:i]) {
						t.Fatalf("%q is shown of %q", secret[:i], payload)
					}
				}
				if !strings.HasSuffix(shown, `" ...`) {
					t.Fatalf("%q is shown as if it were all", shown)
				}
			}
		}
	}
	for _, tt := range []struct {
		payload string
		text    bool
		want    string
	}{
		{"", true, ""},
		{"say " + secret, true, `"say ***"`},
		{"\x1b[2J", true, `"\x1b[2J"`},
		{"\x00" + secret, false, "00 2a 2a 2a"},
		{"hi", false, `"hi"`},
		{strings.Repeat("y", mostShown), true, `"` + strings.Repeat("y", mostShown) + `"`},
		{strings.Repeat("y", mostShown+1), true, `"` + strings.Repeat("y", mostShown) + `" ...`},
	} {
		if got := tr.preview([]byte(tt.payload), true, tt.text); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.payload, got, tt.want)
		}
	}
}

func TestCloseIsShown(t *testing.T) {
	tr := trace{mask: newMasker([]string{"hush"})}
	for _, tt := range []struct{ payload, want string }{
		{"", ""}, {"\x03", ""}, {"\x03\xe8", "1000"}, {"\x03\xe9bye, hush", `1001 "bye, ***"`}, {"\x03\xe9\x1b", `1001 "\x1b"`},
	} {
		if got := tr.close([]byte(tt.payload)); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.payload, got, tt.want)
		}
	}
}

// What is left of a frame when its connection breaks is told, and a message that was
// never shown does no harm.
func TestBrokenFrame(t *testing.T) {
	var out bytes.Buffer
	tr := trace{w: &out, mask: newMasker(nil), out: direction{sign: ">"}, in: direction{sign: "<"}}
	tr.message(true, 0, nil)
	tr.in.scan([]byte("\x82\x05abc"), func(*frame) { t.Error("it is no frame") })
	if got := tr.in.rest(); got != "binary of 5 octets, cut off behind 3" || out.Len() > 0 {
		t.Errorf("%q, %q", got, &out)
	}
}
