package parse

import (
	"strings"
	"testing"
)

// TestLinear counts the octets that Parse looks at, not time and not calls: a
// head costs at most three looks at each octet, however it comes and whatever
// it is made of, and one more if it has folds to be unfolded. Assembly may look
// at findAtMost more in vain, twice.
func TestLinear(t *testing.T) {
	const start, end = "HTTP/1.1 101 Switching Protocols\r\n", "\r\n"
	for _, c := range []struct {
		name string
		head string
	}{
		{"one value of 1 MiB", start + "A: " + strings.Repeat("x", 1<<20) + "\r\n" + end},
		{"one value of 1 MiB, not ASCII", start + "A: " + strings.Repeat("\xff", 1<<20) + "\r\n" + end},
		{"one name of 1 MiB", start + strings.Repeat("x", 1<<20) + ": a\r\n" + end},
		{"one reason of 1 MiB", "HTTP/1.1 101 " + strings.Repeat("x", 1<<20) + "\r\n" + end},
		{"100,000 lines", start + strings.Repeat("Name: value\r\n", 100_000) + end},
		{"100,000 known lines", start + strings.Repeat("Upgrade: websocket\r\n", 100_000) + end},
		{"100,000 folds", start + "A: b\r\n" + strings.Repeat(" c\r\n", 100_000) + end},
		{"100,000 folded lines", start + strings.Repeat("A: b\r\n c\r\n", 100_000) + end},
		{"10,000 interim heads", strings.Repeat("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n", 10_000) + start + end},
	} {
		for _, feed := range []int{1, 2, 7, 64, 4096, len(c.head)} {
			r := Response{MaxBytes: len(c.head), MaxFields: len(c.head)}
			p := []byte(c.head)
			var err error
			for n := 0; n < len(p); {
				n = min(n+feed, len(p))
				if _, err = r.Parse(p[:n]); err != ErrIncomplete && n < len(p) {
					t.Fatalf("%s, %d at a time: %v after %d octets", c.name, feed, err, n)
				}
			}
			if err != nil {
				t.Fatalf("%s, %d at a time: %v", c.name, feed, err)
			}
			most := 3*len(p) + 2*findAtMost
			if r.folded {
				most += len(p)
			}
			if looks := r.pos + r.again; looks < len(p) || looks > most {
				t.Errorf("%s, %d at a time: %d looks at %d octets", c.name, feed, looks, len(p))
			}
		}
	}
}
