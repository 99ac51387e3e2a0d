package deflate

import (
	"github.com/klauspost/compress/flate"

	"github.com/zeroshake/zeroshake/session"
)

// compressor is a session.Compressor. What it writes to is itself.
type compressor struct {
	codec  *Codec
	writer *flate.Writer
	bits   int
	keeps  bool // the context, from message to message
	dst    []byte
}

// Compressor returns what compresses one message, or with context takeover all
// of a connection; nil beyond MaxCompressors, and for a Level that there is not.
func (c *Codec) Compressor(p session.DeflateParams) session.Compressor {
	if !c.Supports(p) {
		return nil
	}
	keeps := !p.ClientNoContextTakeover
	if keeps {
		if kept := c.kept.Add(1); c.MaxCompressors > 0 && kept > int64(c.MaxCompressors) {
			c.kept.Add(-1)
			return nil
		}
	}
	z, ok := c.compressors[p.ClientMaxWindowBits].Get().(*compressor)
	if !ok {
		z = &compressor{codec: c, bits: p.ClientMaxWindowBits}
		var err error
		if z.bits == 15 {
			z.writer, err = flate.NewWriter(z, c.level())
		} else {
			z.writer, err = flate.NewWriterWindow(z, 1<<z.bits)
		}
		if err != nil {
			if keeps {
				c.kept.Add(-1)
			}
			return nil
		}
	}
	z.keeps = keeps
	return z
}

func (z *compressor) Compress(dst, p []byte, flush bool) ([]byte, error) {
	z.dst = dst
	_, err := z.writer.Write(p)
	if err == nil && flush {
		err = z.writer.Flush()
	}
	dst, z.dst = z.dst, nil
	return dst, err
}

func (z *compressor) Write(p []byte) (int, error) {
	z.dst = append(z.dst, p...)
	return len(p), nil
}

func (z *compressor) Free() {
	if z.keeps {
		z.codec.kept.Add(-1)
	}
	z.writer.Reset(z)
	z.codec.compressors[z.bits].Put(z)
}
