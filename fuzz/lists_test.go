package fuzz

import (
	"reflect"
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// FuzzTokens: ScanTokens yields what its twin yields.
func FuzzTokens(f *testing.F) {
	for _, value := range []string{"Upgrade", "keep-alive, Upgrade", ",\t,Upgrade ,,", `"a, \"b", c`, "a b, c", "Upgr\xe4de"} {
		f.Add([]byte(value))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		var got []string
		cursor := parse.ScanTokens(value)
		for cursor.Next() {
			got = append(got, string(cursor.Token()))
		}
		if err := cursor.Err(); err != nil && err != parse.ErrToken {
			t.Fatal(err)
		}
		if want, ok := parsetest.Tokens(string(value)); !slices.Equal(got, want) || (cursor.Err() == nil) != ok {
			t.Fatalf("%q, %v\ntwin %q, %v", got, cursor.Err(), want, ok)
		}
	})
}

// FuzzExtensions: ScanExtensions yields what its twin yields, and finds the
// same first wrong octet.
func FuzzExtensions(f *testing.F) {
	for _, value := range []string{"permessage-deflate; client_max_window_bits=12", `a;b="1\5",c`, ", a ; b = c ,,", "a;", `a;b="`, "a b", ""} {
		f.Add([]byte(value))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		var got []parsetest.Extension
		cursor := parse.ScanExtensions(value)
		for cursor.Next() {
			x := parsetest.Extension{Name: string(cursor.Name())}
			for cursor.NextParam() {
				p := cursor.Param()
				x.Params = append(x.Params, parsetest.Param{Name: string(p.Name), Value: string(p.AppendValue(nil)), Bare: p.Raw == nil})
			}
			got = append(got, x)
		}
		want, ok := parsetest.Extensions(string(value))
		switch err := cursor.Err(); {
		case ok && (err != nil || !reflect.DeepEqual(got, want) || cursor.Offset() != len(value)):
			t.Fatalf("%+v, %v at %d\ntwin %+v", got, err, cursor.Offset(), want)
		case !ok && err != parse.ErrExtension:
			t.Fatalf("%+v, %v\nthe twin refuses it", got, err)
		case !ok && cursor.Offset() != parsetest.ExtensionFault(string(value)):
			t.Fatalf("%v at %d, twin at %d", err, cursor.Offset(), parsetest.ExtensionFault(string(value)))
		}
	})
}
