// Reads an export with the C2SP code of the Go project (golang.org/x/mod/sumdb/note and tlog) and nothing of custody: docs/spec/25-export.md.
//
//	readexport EXPORT-FOLDER TRUST-FILE
//
// The published head under the trust file, every tile and every entry under that head, every signature under an entry, every proof, the
// consistency request. It ends with 0 and says what it read, or with 1 and says what is wrong.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func failed(format string, given ...any) { check(fmt.Errorf(format, given...)) }

func main() {
	root := os.Args[1]
	logs := verifiers(os.Args[2], "log ")
	tree := head(read(filepath.Join(root, "log/checkpoint")), logs)
	signatures := entries(root, tree, verifiers(filepath.Join(root, "officers.vkeys"), ""))
	proofs := proven(root, logs)
	requested(root, logs)
	fmt.Printf("%d entries, %d signatures, %d proofs\n", tree.N, signatures, proofs)
}

func read(path string) []byte {
	data, err := os.ReadFile(path)
	check(err)
	return data
}

// verifiers gives the keys that stand in a file behind a word, or alone in each line.
func verifiers(path, word string) note.Verifiers {
	var list []note.Verifier
	for _, line := range strings.Split(string(read(path)), "\n") {
		if line == "" || !strings.HasPrefix(line, word) {
			continue
		}
		verifier, err := note.NewVerifier(strings.Fields(strings.TrimPrefix(line, word))[0])
		check(err)
		list = append(list, verifier)
	}
	return note.VerifierList(list...)
}

// head opens a checkpoint under keys that are named by its origin.
func head(data []byte, logs note.Verifiers) tlog.Tree {
	opened, err := note.Open(data, logs)
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || opened.Sigs[0].Name != lines[0] {
		failed("no checkpoint of a log of the trust file")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

func hash(text string) tlog.Hash {
	hash, err := tlog.ParseHash(text)
	check(err)
	return hash
}

// tiles finds the files of tiles; tlog itself proves what is in them against the head.
type tiles struct {
	root string
	size int64
}

func (t tiles) Height() int                         { return height }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, err := os.ReadFile(filepath.Join(t.root, "log/tile", strconv.Itoa(tile.L), number(tile.N, tile.W)))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, errors.New("a tile has another length")
		}
		found = append(found, data)
	}
	return found, nil
}

// number is the name of a tile: x001/x234/067, and .p/W for a partial one.
func number(n int64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < 1<<height {
		name += fmt.Sprintf(".p/%d", width)
	}
	return name
}

// entries reads every bundle, holds each entry against its authenticated leaf and each of its signatures against the keys.
func entries(root string, tree tlog.Tree, officers note.Verifiers) int {
	reader := tlog.TileHashReader(tree, tiles{root, tree.N})
	signatures := 0
	for n := int64(0); n*256 < tree.N; n++ {
		width := int64(256)
		if tree.N-n*256 < width {
			width = tree.N - n*256
		}
		var indexes []int64
		for at := n * 256; at < n*256+width; at++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, at))
		}
		leaves, err := reader.ReadHashes(indexes)
		check(err)
		data := read(filepath.Join(root, "log/tile/entries", number(n, int(width))))
		for at := range leaves {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				failed("bundle %d is short", n)
			}
			length := int(binary.BigEndian.Uint16(data))
			entry := data[2 : 2+length]
			data = data[2+length:]
			if tlog.RecordHash(entry) != leaves[at] {
				failed("entry %d is not the one under the head", n*256+int64(at))
			}
			opened, err := note.Open(entry, officers)
			check(err)
			if len(opened.UnverifiedSigs) > 0 {
				failed("entry %d: no key of %s", n*256+int64(at), opened.UnverifiedSigs[0].Name)
			}
			signatures += len(opened.Sigs)
		}
		if len(data) > 0 {
			failed("bundle %d has more than its entries", n)
		}
	}
	for level := height; tree.N>>level > 0; level += height { // the heads of full tiles
		var indexes []int64
		for n := int64(0); n < tree.N>>level; n++ {
			indexes = append(indexes, tlog.StoredHashIndex(level, n))
		}
		_, err := reader.ReadHashes(indexes)
		check(err)
	}
	return signatures
}

// proven checks each proof with the head that it carries.
func proven(root string, logs note.Verifiers) int {
	files, err := filepath.Glob(filepath.Join(root, "proofs/*.tlog-proof"))
	check(err)
	for _, file := range files {
		first, checkpoint, _ := strings.Cut(string(read(file)), "\n\n")
		lines := strings.Split(first, "\n")
		if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
			failed("%s is no proof", file)
		}
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
		check(err)
		if file != filepath.Join(root, "proofs", fmt.Sprint(index)+".tlog-proof") {
			failed("%s is for another entry", file)
		}
		tree := head([]byte(checkpoint), logs)
		entry := read(strings.TrimSuffix(file, "tlog-proof") + "entry")
		check(tlog.CheckRecord(hashes(lines[2:]), tree.N, tree.Hash, index, tlog.RecordHash(entry)))
	}
	return len(files)
}

func hashes(lines []string) []tlog.Hash {
	var found []tlog.Hash
	for _, line := range lines {
		_, err := base64.StdEncoding.DecodeString(line)
		check(err)
		found = append(found, hash(line))
	}
	return found
}

// requested checks the consistency proof from the old checkpoint to the one in the request.
func requested(root string, logs note.Verifiers) {
	data, err := os.ReadFile(filepath.Join(root, "consistency.req"))
	if err != nil {
		return
	}
	first, checkpoint, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(first, "\n")
	tree := head([]byte(checkpoint), logs)
	if lines[0] == "old 0" && len(lines) == 1 {
		return
	}
	old := head(read(filepath.Join(root, "old.checkpoint")), logs)
	if lines[0] != fmt.Sprintf("old %d", old.N) {
		failed("the request is from another size")
	}
	if old.N < tree.N {
		check(tlog.CheckTree(hashes(lines[1:]), tree.N, tree.Hash, old.N, old.Hash))
	} else if old != tree || len(lines) > 1 {
		failed("two heads of one size")
	}
}
