package heads

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// What the table says of a head is what net/http and plain counting find in it.
func TestHeads(t *testing.T) {
	for _, h := range All {
		t.Run(h.Name, func(t *testing.T) {
			p := h.Bytes()
			head, rest, ok := strings.Cut(string(p), "\r\n\r\n")
			if !ok || len(p)-len(rest) != h.Len {
				t.Errorf("the head has %d octets, the table says %d", len(p)-len(rest), h.Len)
			}
			if n := strings.Count(head, "\r\n"); n != h.Fields {
				t.Errorf("%d header lines, the table says %d", n, h.Fields)
			}
			resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(p)), nil)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusSwitchingProtocols {
				t.Errorf("status %d", resp.StatusCode)
			}
			if got := resp.Header.Get("Sec-WebSocket-Accept"); got != Accept {
				t.Errorf("accept %q", got)
			}
			subprotocol := ""
			if h.Subprotocol >= 0 {
				subprotocol = h.Offer.Subprotocols[h.Subprotocol]
			}
			if got := resp.Header.Get("Sec-WebSocket-Protocol"); got != subprotocol {
				t.Errorf("selects subprotocol %q, the table says %q", got, subprotocol)
			}
			if got := resp.Header.Get("Sec-WebSocket-Extensions"); (got != "") != (h.Extensions != nil) {
				t.Errorf("selects extensions %q, the table says %v", got, h.Extensions)
			}
		})
	}
}
