package peers

import (
	"os"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/bench/internal/serve/canned"
)

func TestMain(m *testing.M) {
	canned.Child()
	idleChild()
	os.Exit(m.Run())
}

// A server is one in another process, and the head that it answers with.
type server struct {
	addr string
	head heads.Head
}

// serve starts a server. The test ends it.
func serve(t testing.TB, h heads.Head) server {
	t.Helper()
	s, err := canned.Start(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server{s.Addr, h}
}
