package loop

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// The parts follow each other through all of the system's ports, from any on, and
// each is left once, however many find nothing in it.
func TestParts(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Fatal(err)
	}
	limits := strings.Fields(string(text))
	low, _ := strconv.Atoi(limits[0])
	high, _ := strconv.Atoi(limits[1])

	var p ports
	p.init()
	for range fewDialled {
		if part := p.choose(); part != 0 {
			t.Fatalf("a part from %d on for one of the first connections", part)
		}
	}
	all := (high-low)/partSize + 1
	seen := map[uint32]bool{}
	for range all {
		part := p.choose()
		if at := int(part) - low; at < 0 || at%partSize != 0 || int(part) > high {
			t.Fatalf("a part from %d on, of %d to %d", part, low, high)
		}
		seen[part] = true
		for range 3 {
			p.used(-1, part)
		}
	}
	if len(seen) != all {
		t.Errorf("%d parts, want %d", len(seen), all)
	}
	if part := p.choose(); !seen[part] {
		t.Errorf("behind the last is one from %d on", part)
	}

	p.limit(-1, p.choose()) // which fails
	if part := p.choose(); part != 0 {
		t.Errorf("a part from %d on, where the system has none", part)
	}
}
