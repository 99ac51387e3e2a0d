package report

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zeroshake/zeroshake/accept"
)

// hostile is text that would run, if it were more than text.
const hostile = `</script></style></svg><script>hostile = 1</script><img src=x onerror="hostile = 1">`

// hostileServer refuses every other handshake, and closes the other connections at
// once; whatever it says is hostile.
func hostileServer(t *testing.T) (url string) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if asked.Add(1)%2 == 0 {
			fmt.Fprintf(rw, "HTTP/1.1 403 %s\r\nX-Reason: %[1]s\r\nContent-Length: 0\r\n\r\n", hostile)
			rw.Flush()
			return
		}
		var key accept.Key
		copy(key[:], r.Header.Get("Sec-WebSocket-Key"))
		value := accept.Of(key)
		reason := "\x03\xe8" + hostile // 1000
		fmt.Fprintf(rw, "HTTP/1.1 101 %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n\x88%c%s", hostile, value[:], len(reason), reason)
		rw.Flush()
		c.Read(make([]byte, 64)) // the answer to the close
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

// Nothing that a server says runs, or becomes an element: it stands there as it was
// said.
func TestHostile(t *testing.T) {
	page := run(t, "hostile.html", 3, "-n", "6", "--hold", "100ms", hostileServer(t))
	b := start(t)
	b.look(1600, 1000, "light")
	b.open(address(t, page))
	var got struct {
		Hostile  string
		Elements int
		Text     string
	}
	b.evaluate(`({
		hostile: typeof hostile,
		elements: document.querySelectorAll("script, img, iframe, object, embed, link, base, form").length,
		text: document.body.textContent,
	})`, &got)
	if got.Hostile != "undefined" || got.Elements > 0 {
		t.Errorf("hostile is %s, and there are %d elements that should not be", got.Hostile, got.Elements)
	}
	for _, want := range []string{"status 403", "closed with 1000"} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if n := strings.Count(got.Text, "<script>hostile = 1</script>"); n < 3 {
		t.Errorf("what the server said is there %d times:\n%s", n, got.Text)
	}
}
