package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

// framed is a request as the client sends it.
func framed(text string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)
}

// readAnswers takes apart what the engine wrote: headers, and the texts that follow each.
func readAnswers(t *testing.T, out []byte) (answers []Answer) {
	t.Helper()
	for len(out) > 0 {
		total := int(binary.BigEndian.Uint32(out))
		header := int(binary.BigEndian.Uint32(out[4:]))
		var answer Answer
		if err := json.Unmarshal(out[8:8+header], &answer); err != nil {
			t.Fatal(err)
		}
		at := 8 + header
		for _, doc := range answer.Docs {
			answer.texts = append(answer.texts, string(out[at:at+doc.Bytes]))
			at += doc.Bytes
		}
		if at != 4+total {
			t.Fatalf("texts end at %d, the frame at %d", at, 4+total)
		}
		answers = append(answers, answer)
		out = out[at:]
	}
	return answers
}

func testEngine() *Engine { return newEngine(Limits{MemoryMiB: 256, OutputMiB: 1, ChartsMiB: 1}) }

func TestReadFrame(t *testing.T) {
	whole := framed(`{"op":"version"}`)
	for cut := 0; cut <= len(whole); cut++ {
		frame, err := readFrame(bytes.NewReader(whole[:cut]))
		switch {
		case cut == 0 && err != io.EOF:
			t.Errorf("nothing: %v, not the end of the input", err)
		case cut > 0 && cut < len(whole) && !errors.Is(err, io.ErrUnexpectedEOF):
			t.Errorf("cut after %d bytes: %v, not an unexpected end", cut, err)
		case cut == len(whole) && (err != nil || string(frame) != `{"op":"version"}`):
			t.Errorf("whole: %q, %v", frame, err)
		}
	}
}

func TestReadFrameOfNothing(t *testing.T) {
	if frame, err := readFrame(bytes.NewReader(framed(""))); err != nil || len(frame) != 0 {
		t.Errorf("%q, %v", frame, err)
	}
}

func TestReadFrameTooLarge(t *testing.T) {
	head := binary.BigEndian.AppendUint32(nil, maxRequest+1)
	if _, err := readFrame(bytes.NewReader(head)); err == nil || !strings.Contains(err.Error(), "is larger than") {
		t.Errorf("%v", err)
	}
}

func TestServeAnswersEveryRequestAndEndsWithItsInput(t *testing.T) {
	var out bytes.Buffer
	in := bytes.NewReader(append(framed(`{"op":"other"}`), framed(`nonsense`)...))
	if err := serve(in, &out, testEngine()); err != nil {
		t.Fatal(err)
	}
	answers := readAnswers(t, out.Bytes())
	if len(answers) != 2 {
		t.Fatalf("%d answers", len(answers))
	}
	for _, answer := range answers {
		if answer.Error == nil || answer.Error.Stage != "internal" {
			t.Errorf("%+v", answer)
		}
	}
}

func TestServeEndsWithAnErrorWhenARequestIsCut(t *testing.T) {
	request := framed(`{"op":"version"}`)
	for _, cut := range []int{1, 4, 5, len(request) - 1} {
		var out bytes.Buffer
		if err := serve(bytes.NewReader(request[:cut]), &out, testEngine()); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut after %d bytes: %v", cut, err)
		}
		if out.Len() != 0 {
			t.Errorf("cut after %d bytes: it answered", cut)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestServeEndsWhenNobodyReads(t *testing.T) {
	if err := serve(bytes.NewReader(framed(`{}`)), brokenWriter{}, testEngine()); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
}

func TestWriteAnswer(t *testing.T) {
	var out bytes.Buffer
	answer := Answer{Docs: []Text{{"a", 3, true}, {"b", 0, false}, {"ü", 2, false}}, texts: []string{"x: ", "", "ü"}}
	if err := writeAnswer(&out, answer); err != nil {
		t.Fatal(err)
	}
	got := readAnswers(t, out.Bytes())[0]
	if strings.Join(got.texts, "|") != "x: ||ü" || !got.Docs[0].IsCRD || got.Docs[2].Source != "ü" {
		t.Errorf("%+v %q", got, got.texts)
	}
}
