package parse_test

import (
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

func tokens(value string) (list []string, err error) {
	cursor := parse.ScanTokens([]byte(value))
	for cursor.Next() {
		list = append(list, string(cursor.Token()))
	}
	return list, cursor.Err()
}

func TestTokens(t *testing.T) {
	for _, row := range []struct {
		name, value string
		want        []string
		err         error
	}{
		{parsetest.At("9110 5.6.1: one"), "Upgrade", []string{"Upgrade"}, nil},
		{parsetest.At("9110 5.6.1: two"), "keep-alive, Upgrade", []string{"keep-alive", "Upgrade"}, nil},
		{parsetest.At("9110 5.6.1: no space"), "a,b,c", []string{"a", "b", "c"}, nil},
		{parsetest.At("9110 5.6.1: white space"), " \ta\t ,\t b \t", []string{"a", "b"}, nil},
		{parsetest.At("9110 5.6.1: the same twice"), "a, a", []string{"a", "a"}, nil},
		{parsetest.At("9110 5.6.1: nothing"), "", nil, nil},
		{parsetest.At("9110 5.6.1: white space alone"), " \t ", nil, nil},
		{parsetest.At("9110 5.6.1.2: empty elements"), ",Upgrade,,", []string{"Upgrade"}, nil},
		{parsetest.At("9110 5.6.1.2: empty elements and white space"), ",,\t,  , ,Upgrade  ,,", []string{"Upgrade"}, nil},
		{parsetest.At("9110 5.6.1.2: empty elements alone"), ", ,,\t,", nil, nil},
		{parsetest.At("9110 5.6.2: every tchar"), "!#$%&'*+-.^_`|~09AZaz", []string{"!#$%&'*+-.^_`|~09AZaz"}, nil},
		{parsetest.At("A6: two words are no token"), "Upgrade foo", nil, parse.ErrToken},
		{parsetest.At("A6: a semicolon"), "keep-alive; Upgrade", nil, parse.ErrToken},
		{parsetest.At("A6: those that are tokens are given"), "a b, c, d=e, f", []string{"c", "f"}, parse.ErrToken},
		{parsetest.At("A6: quoted"), `"Upgrade"`, nil, parse.ErrToken},
		{parsetest.At("A6: a comma in quotes"), `"foo, Upgrade, bar"`, nil, parse.ErrToken},
		{parsetest.At("A6: a comma in quotes, then a token"), `"foo, bar", Upgrade`, []string{"Upgrade"}, parse.ErrToken},
		{parsetest.At("A6: quotes in an element"), `x="a, Upgrade, b", c`, []string{"c"}, parse.ErrToken},
		{parsetest.At("A6: a quoted quote"), `"a\", Upgrade, b", c`, []string{"c"}, parse.ErrToken},
		{parsetest.At("A6: a quoted backslash"), `"a\\", Upgrade`, []string{"Upgrade"}, parse.ErrToken},
		{parsetest.At("A6: a backslash outside of quotes"), `a\, Upgrade`, []string{"Upgrade"}, parse.ErrToken},
		{parsetest.At("A6: no closing quote"), `a, "b, Upgrade`, []string{"a"}, parse.ErrToken},
		{parsetest.At("A6: quotes that close and open again"), `"a" ", Upgrade"`, nil, parse.ErrToken},
		{parsetest.At("A6: a high octet"), "Upgr\xe4de, b", []string{"b"}, parse.ErrToken},
		{parsetest.At("A6: a control octet"), "Up\x00grade, b", []string{"b"}, parse.ErrToken},
		{parsetest.At("not trimmed: NBSP"), "\xa0Upgrade", nil, parse.ErrToken},
		{parsetest.At("not trimmed: VT"), "\vUpgrade", nil, parse.ErrToken},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := tokens(row.value)
			if !slices.Equal(got, row.want) || err != row.err {
				t.Errorf("%q, %v; want %q, %v", got, err, row.want, row.err)
			}
			if twin, ok := parsetest.Tokens(row.value); !slices.Equal(twin, row.want) || ok != (row.err == nil) {
				t.Errorf("twin: %q, %v; want %q, %v", twin, ok, row.want, row.err)
			}
			value := []byte(row.value)
			if n := testing.AllocsPerRun(10, func() {
				for cursor := parse.ScanTokens(value); cursor.Next(); {
					cursor.Is("upgrade")
				}
			}); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

func TestTokensIs(t *testing.T) {
	cursor := parse.ScanTokens([]byte("UpGrade, h2c"))
	if !cursor.Next() || !cursor.Is("upgrade") || !cursor.Is("UPGRADE") || cursor.Is("upgrad") || cursor.Is("upgrades") || cursor.Is("") {
		t.Error("UpGrade")
	}
	if !cursor.Next() || cursor.Is("upgrade") || !cursor.Is("H2C") {
		t.Error("h2c")
	}
	for range 2 {
		if cursor.Next() || cursor.Token() != nil || cursor.Err() != nil {
			t.Error("the end")
		}
	}
}

// The error is there as soon as the element has been passed over.
func TestTokensErr(t *testing.T) {
	cursor := parse.ScanTokens([]byte("a, b c, d"))
	if !cursor.Next() || cursor.Err() != nil {
		t.Errorf("at a: %v", cursor.Err())
	}
	if !cursor.Next() || string(cursor.Token()) != "d" || cursor.Err() != parse.ErrToken {
		t.Errorf("at %q: %v", cursor.Token(), cursor.Err())
	}
	if cursor.Next() || cursor.Err() != parse.ErrToken {
		t.Errorf("at the end: %v", cursor.Err())
	}
}

// Every value of up to five octets from an alphabet that has one of each kind.
func TestTokensTwin(t *testing.T) {
	every("a, \t\"\\;\x80", 5, func(value string) {
		got, err := tokens(value)
		if twin, ok := parsetest.Tokens(value); !slices.Equal(got, twin) || ok != (err == nil) {
			t.Fatalf("%q: %q, %v; twin %q, %v", value, got, err, twin, ok)
		}
	})
}

// every calls f with every string of up to n octets of the alphabet.
func every(alphabet string, n int, f func(string)) {
	var grow func(prefix string)
	grow = func(prefix string) {
		f(prefix)
		if len(prefix) < n {
			for i := range len(alphabet) {
				grow(prefix + alphabet[i:i+1])
			}
		}
	}
	grow("")
}

// A token aliases the value.
func TestTokensAlias(t *testing.T) {
	value := []byte("a, bbbb")
	cursor := parse.ScanTokens(value)
	cursor.Next()
	cursor.Next()
	copy(value[3:], "cccc")
	if got := string(cursor.Token()); got != "cccc" {
		t.Errorf("the token is a copy: %q", got)
	}
}
