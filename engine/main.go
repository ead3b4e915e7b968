// Program slipway-engine renders Helm charts, one request after the other, for as long as its standard input stays open.
//
// A request is a frame: its length as u32 (big endian), then JSON. An answer is a frame too: u32 length, u32 length of the
// header, the header (JSON), then the texts that the header lists, one after the other. README.md says what they hold.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

const (
	maxRequest = 64 << 20
	mib        = 1 << 20
)

func main() {
	time.Local = time.UTC // what a chart renders to must not depend on the machine's time zone
	limits := readLimits()
	runtime.GOMAXPROCS(1) // one program per core
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(int64(limits.MemoryMiB) * mib / 2)
	guardMemory(uint64(limits.MemoryMiB) * mib)
	captureLogs()
	if err := serve(bufio.NewReaderSize(os.Stdin, 64<<10), os.Stdout, newEngine(limits)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers until the input ends.
func serve(in io.Reader, out io.Writer, engine *Engine) error {
	for {
		request, err := readFrame(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := writeAnswer(out, engine.answer(request)); err != nil {
			return err
		}
	}
}

func readFrame(in io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length > maxRequest {
		return nil, fmt.Errorf("a request of %d bytes is larger than %d", length, maxRequest)
	}
	frame := make([]byte, length)
	_, err := io.ReadFull(in, frame)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the input may end between two requests, and nowhere else
	}
	return frame, err
}

func writeAnswer(out io.Writer, answer Answer) error {
	header, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	total := 4 + len(header)
	for _, text := range answer.texts {
		total += len(text)
	}
	frame := make([]byte, 0, 4+total)
	frame = binary.BigEndian.AppendUint32(frame, uint32(total))
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(header)))
	frame = append(frame, header...)
	for _, text := range answer.texts {
		frame = append(frame, text...)
	}
	_, err = out.Write(frame)
	return err
}
