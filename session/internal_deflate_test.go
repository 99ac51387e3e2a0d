package session

import (
	"testing"

	"github.com/zeroshake/zeroshake/parse"
)

// The short way past the rules takes what servers send; and whatever else it takes,
// an octet of that replaced by another or left out, the rules take too, and find the
// same in it.
func TestReadPlain(t *testing.T) {
	for _, sent := range []string{
		"permessage-deflate",
		"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
		"permessage-deflate;client_max_window_bits=8;server_max_window_bits=15",
		"permessage-deflate; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9",
	} {
		if !new(deflateAnswer).readPlain([]byte(sent)) {
			t.Errorf("not taken: %q", sent)
		}
		for i := range sent {
			asTheRules(t, sent[:i])
			asTheRules(t, sent[:i]+sent[i+1:])
			for octet := range 256 {
				asTheRules(t, sent[:i]+string([]byte{byte(octet)})+sent[i+1:])
			}
		}
	}
	asTheRules(t, "permessage-deflate; server_no_context_takeover; server_no_context_takeover")
	asTheRules(t, "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9")
}

func asTheRules(t *testing.T, value string) {
	t.Helper()
	var plain, want deflateAnswer
	if !plain.readPlain([]byte(value)) {
		return
	}
	x := parse.ScanExtensions([]byte(value))
	if !x.Next() || string(x.Name()) != permessageDeflate || want.read(&x) != 0 || x.Next() || x.Err() != nil || plain != want {
		t.Errorf("%q: %+v, the rules find %+v, %v", value, plain, want, x.Err())
	}
}
