package parse_test

import (
	"bufio"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"weak"

	"github.com/zeroshake/zeroshake/parse"
)

func TestPoolSize(t *testing.T) {
	for size, want := range map[int]int{0: 4096, 1: 16, 16: 16, 100: 100, 4096: 4096, 65536: 65536} {
		p := parse.Pool{Size: size}
		for range 3 {
			br := p.Get(strings.NewReader("abc"))
			if br.Size() != want || br.Buffered() != 0 {
				t.Errorf("Size %d gives %d, %d buffered", size, br.Size(), br.Buffered())
			}
			if s, err := io.ReadAll(br); string(s) != "abc" || err != nil {
				t.Errorf("%q, %v", s, err)
			}
			p.Put(br)
		}
	}
}

// A reader lent again holds nothing of the connection before it.
func TestPoolPutForgets(t *testing.T) {
	var p parse.Pool
	for range 100 {
		br := p.Get(strings.NewReader("the first connection's secret"))
		if _, err := br.Peek(3); err != nil {
			t.Fatal(err)
		}
		p.Put(br)
		br = p.Get(strings.NewReader("second"))
		if s, err := io.ReadAll(br); string(s) != "second" || err != nil {
			t.Fatalf("%q, %v", s, err)
		}
		p.Put(br)
	}
}

// Put drops the reference to the connection, which can then be collected.
func TestPoolPutDropsTheConnection(t *testing.T) {
	var p parse.Pool
	conn := &connection{strings.NewReader("abcdef")}
	gone := weak.Make(conn)
	br := p.Get(conn)
	if _, err := br.ReadByte(); err != nil {
		t.Fatal(err)
	}
	conn = nil
	runtime.GC()
	if gone.Value() == nil {
		t.Fatal("the connection was collected while the reader was lent")
	}
	p.Put(br)
	runtime.GC()
	if gone.Value() != nil {
		t.Error("the connection is still referred to")
	}
	runtime.KeepAlive(br)
}

// connection has a pointer in it, so that the allocator does not pack it with others.
type connection struct{ io.Reader }

// A reader of another size is taken but not lent.
func TestPoolPutOfAnotherSize(t *testing.T) {
	p := parse.Pool{Size: 512}
	for _, size := range []int{16, 511, 513, 4096} {
		for range 100 {
			p.Put(bufio.NewReaderSize(strings.NewReader("abc"), size))
			if br := p.Get(strings.NewReader("")); br.Size() != 512 {
				t.Fatalf("lent a reader of %d octets", br.Size())
			}
		}
	}
}

func TestPoolDoesNotAllocate(t *testing.T) {
	var p parse.Pool
	src := strings.NewReader("abc")
	p.Put(p.Get(src))
	if n := testing.AllocsPerRun(100, func() { p.Put(p.Get(src)) }); n != 0 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
}

func TestPoolIsSafeForConcurrentUse(t *testing.T) {
	var p parse.Pool
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				br := p.Get(strings.NewReader("abc"))
				if s, err := br.ReadString('c'); s != "abc" || err != nil {
					t.Errorf("%q, %v", s, err)
				}
				p.Put(br)
			}
		})
	}
	wg.Wait()
}
