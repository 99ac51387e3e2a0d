package parse_test

import (
	"fmt"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// extensions writes the list down as it is read: each name, each parameter
// with its unescaped value in brackets.
func extensions(value string) (list string, offset int, err error) {
	cursor := parse.ScanExtensions([]byte(value))
	for cursor.Next() {
		list += string(cursor.Name())
		for cursor.NextParam() {
			p := cursor.Param()
			list += fmt.Sprintf(" %s", p.Name)
			if p.Raw != nil {
				list += fmt.Sprintf("[%s]", p.AppendValue(nil))
			}
		}
		list += ";"
	}
	return list, cursor.Offset(), cursor.Err()
}

func TestExtensions(t *testing.T) {
	for _, row := range []struct{ name, value, want string }{
		{parsetest.At("one"), "permessage-deflate", "permessage-deflate;"},
		{parsetest.At("parameters"), "permessage-deflate; client_max_window_bits; server_max_window_bits=10", "permessage-deflate client_max_window_bits server_max_window_bits[10];"},
		{parsetest.At("no space"), "a;b=1;c,d;e", "a b[1] c;d e;"},
		{parsetest.At("6455 9.1: the example"), "mux; max-channels=4; flow-control, deflate-stream", "mux max-channels[4] flow-control;deflate-stream;"},
		{parsetest.At("the same twice"), "a;b=1, a;b=2", "a b[1];a b[2];"},
		{parsetest.At("null elements"), ", ,permessage-deflate,,a,\t,", "permessage-deflate;a;"},
		{parsetest.At("a trailing comma"), "permessage-deflate,", "permessage-deflate;"},
		{parsetest.At("a leading comma"), ", permessage-deflate", "permessage-deflate;"},
		{parsetest.At("white space around all"), " \ta \t; \tb\t =\t 1 ;c= 2,\td ", "a b[1] c[2];d;"},
		{parsetest.At("3.4: p = 15"), "a; p = 15", "a p[15];"},
		{parsetest.At("3.4: a ;p"), "a ;p", "a p;"},
		{parsetest.At("3.4: quoted"), `a; p="15"`, "a p[15];"},
		{parsetest.At("3.4: quoted and escaped"), `a; p="1\5"`, "a p[15];"},
		{parsetest.At("3.4: all escaped"), `a; p="\1\5"`, "a p[15];"},
		{parsetest.At("3.4: quoted, then another"), `a; p="15"; q, b`, "a p[15] q;b;"},
		{parsetest.At("3.4: quoted, white space"), `a; p= "15" , b`, "a p[15];b;"},
		{parsetest.At("names of every tchar"), "!#$%&'*+-.^_`|~09AZaz;!#$%&'*+-.^_`|~09AZaz=!#$%&'*+-.^_`|~09AZaz", "!#$%&'*+-.^_`|~09AZaz !#$%&'*+-.^_`|~09AZaz[!#$%&'*+-.^_`|~09AZaz];"},
		{parsetest.At("no extension: empty"), "", ""},
		{parsetest.At("no extension: commas"), " ,, ,", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, offset, err := extensions(row.value)
			if got != row.want || err != nil || offset != len(row.value) {
				t.Errorf("%q, %v at %d; want %q", got, err, offset, row.want)
			}
			if twin, ok := twinExtensions(row.value); twin != row.want || !ok {
				t.Errorf("twin: %q, %v; want %q", twin, ok, row.want)
			}
			walkWithoutAllocating(t, row.value)
		})
	}
}

func TestExtensionsBad(t *testing.T) {
	for _, row := range []struct{ name, right, wrong string }{
		{parsetest.At("3.4: a semicolon at the end"), "permessage-deflate;", ""},
		{parsetest.At("3.4: a semicolon before a comma"), "a;", ",b"},
		{parsetest.At("3.4: a semicolon first"), "", ";a"},
		{parsetest.At("3.4: two semicolons"), "a;", ";b"},
		{parsetest.At("3.4: junk after a name"), "a ", "b"},
		{parsetest.At("3.4: junk after a parameter"), "a;b ", "c"},
		{parsetest.At("3.4: junk after a value"), "bar; baz=2 ", "junk"},
		{parsetest.At("3.4: junk after a quoted value"), `a;b="c"`, "d"},
		{parsetest.At("3.4: no value"), "a;p=", ""},
		{parsetest.At("3.4: no value before a semicolon"), "a;p=", ";q"},
		{parsetest.At("3.4: no value before a comma"), "a;p= ", ",b"},
		{parsetest.At("3.4: no parameter name"), "foo;", "="},
		{parsetest.At("3.4: a value without parameter"), "a", "=b"},
		{parsetest.At("3.4: two values"), "a;p=1", "=2"},
		{parsetest.At("3.4: an empty quoted value"), `a;p="`, `"`},
		{parsetest.At("3.4: no closing quote"), `a;p="15`, ""},
		{parsetest.At("3.4: no closing quote before another"), `a;p="15`, `;q="1"`},
		{parsetest.At("3.4: an opening quote at the end"), `a;p="`, ""},
		{parsetest.At("3.4: a backslash at the end"), `a;p="1\`, ""},
		{parsetest.At("3.4: a space in quotes"), `a;p="1`, ` 5"`},
		{parsetest.At("3.4: a space alone in quotes"), `a;p="`, ` "`},
		{parsetest.At("3.4: an escaped space in quotes"), `a;p="1\`, ` 5"`},
		{parsetest.At("3.4: an escaped quote in quotes"), `a;p="1\`, `"5"`},
		{parsetest.At("3.4: a comma in quotes"), `a;p="1`, `,5"`},
		{parsetest.At("3.4: a backslash outside of quotes"), `a;p=1`, `\5`},
		{parsetest.At("3.4: a quoted name"), "", `"foo"`},
		{parsetest.At("3.4: a quoted parameter name"), "a;", `"p"=1`},
		{parsetest.At("3.4: a separator"), "f", "@o"},
		{parsetest.At("3.4: a high octet"), "a;b=c", "\xe4"},
		{parsetest.At("3.4: NUL"), "a", "\x00"},
		{parsetest.At("3.4: VT is no white space"), "a;", "\vb"},
		{parsetest.At("3.4: the second extension"), "a;b=1, c;d=", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			value := row.right + row.wrong
			if _, offset, err := extensions(value); err != parse.ErrExtension || offset != len(row.right) {
				t.Errorf("%v at %d; want %v at %d", err, offset, parse.ErrExtension, len(row.right))
			}
			cursor := parse.ScanExtensions([]byte(value))
			for cursor.Next() { // over the parameters
			}
			if cursor.Err() != parse.ErrExtension || cursor.Offset() != len(row.right) {
				t.Errorf("without parameters: %v at %d", cursor.Err(), cursor.Offset())
			}
			if cursor.Next() || cursor.NextParam() || cursor.Err() != parse.ErrExtension {
				t.Error("goes on after the error")
			}
			if _, ok := twinExtensions(value); ok {
				t.Error("the twin accepts it")
			}
			walkWithoutAllocating(t, value)
		})
	}
}

func walkWithoutAllocating(t *testing.T, s string) {
	t.Helper()
	value, buf := []byte(s), make([]byte, 0, 64)
	if n := testing.AllocsPerRun(10, func() {
		for cursor := parse.ScanExtensions(value); cursor.Next(); {
			for cursor.NextParam() {
				buf = cursor.Param().AppendValue(buf[:0])
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func twinExtensions(value string) (list string, ok bool) {
	twin, ok := parsetest.Extensions(value)
	for _, x := range twin {
		list += x.Name
		for _, p := range x.Params {
			list += " " + p.Name
			if !p.Bare {
				list += "[" + p.Value + "]"
			}
		}
		list += ";"
	}
	return list, ok
}

// Every value of up to five octets from an alphabet that has one of each kind,
// and of up to four behind the beginning of a parameter.
func TestExtensionsTwin(t *testing.T) {
	for before, n := range map[string]int{"": 5, "x;y": 4, `x;y="`: 4} {
		every("a ,;=\"\\\x80", n, func(s string) {
			value := before + s
			got, offset, err := extensions(value)
			twin, ok := twinExtensions(value)
			if ok != (err == nil) || ok && got != twin {
				t.Fatalf("%q: %q, %v; twin %q, %v", value, got, err, twin, ok)
			}
			if want := parsetest.ExtensionFault(value); err != nil && offset != want {
				t.Fatalf("%q: %v at %d, twin at %d", value, err, offset, want)
			}
		})
	}
}

// Next passes over parameters that were not asked for, or not all of them.
func TestExtensionsNextPassesOver(t *testing.T) {
	cursor := parse.ScanExtensions([]byte(`a; b; c="d"; e=f, g; h, i`))
	for _, want := range []string{"a", "g", "i"} {
		if !cursor.Next() || string(cursor.Name()) != want {
			t.Fatalf("at %q: %q, %v", want, cursor.Name(), cursor.Err())
		}
		if want == "a" && (!cursor.NextParam() || string(cursor.Param().Name) != "b") {
			t.Errorf("%q", cursor.Param().Name)
		}
	}
	if cursor.NextParam() || cursor.Next() || cursor.Err() != nil {
		t.Error("the end")
	}
}

func TestParam(t *testing.T) {
	cursor := parse.ScanExtensions([]byte(`a; bare; token=1; quoted="1\5"`))
	want := []struct{ name, raw, value string }{
		{"bare", "", ""},
		{"token", "1", "1"},
		{"quoted", `1\5`, "15"},
	}
	cursor.Next()
	for _, w := range want {
		if !cursor.NextParam() {
			t.Fatal(cursor.Err())
		}
		p := cursor.Param()
		if string(p.Name) != w.name || string(p.Raw) != w.raw || (p.Raw == nil) != (w.raw == "") {
			t.Errorf("%s: %q, nil: %v", p.Name, p.Raw, p.Raw == nil)
		}
		if got := p.AppendValue([]byte("before ")); string(got) != "before "+w.value {
			t.Errorf("%s: %q", p.Name, got)
		}
	}
}
