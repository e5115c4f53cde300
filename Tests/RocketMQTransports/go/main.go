// A peer that carries messages as bytes over grpc-go: the tests tell it on its input what to call, a line each, and it
// answers with a line: the status of gRPC, and the messages that came, in base64.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// What is sent and received as it is.
type plain struct{}

func (plain) Marshal(v interface{}) ([]byte, error) { return *v.(*[]byte), nil }

func (plain) Unmarshal(data []byte, v interface{}) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}

func (plain) Name() string { return "proto" }

const service = "/apache.rocketmq.v2.MessagingService/"

var (
	connection *grpc.ClientConn
	talk       grpc.ClientStream
	lost       int64
	oneWay     = &grpc.StreamDesc{ServerStreams: true}
	bothWays   = &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
)

func calling() context.Context {
	return metadata.AppendToOutgoingContext(
		context.Background(), "x-mq-client-id", "go@transport", "x-mq-language", "GO", "x-mq-protocol", "v2")
}

func within(milliseconds string) (context.Context, context.CancelFunc) {
	count, err := strconv.Atoi(milliseconds)
	if err != nil {
		panic(err)
	}
	return context.WithTimeout(calling(), time.Duration(count)*time.Millisecond)
}

func bytesOf(text string) *[]byte {
	found, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "="))
	if err != nil {
		panic(err)
	}
	return &found
}

func said(err error, messages ...[]byte) string {
	words := []string{strconv.Itoa(int(status.Code(err)))}
	for _, message := range messages {
		words = append(words, "="+base64.StdEncoding.EncodeToString(message))
	}
	return strings.Join(words, " ")
}

func unary(context context.Context, rpc string, request *[]byte) ([]byte, error) {
	var answer []byte
	err := connection.Invoke(context, service+rpc, request, &answer)
	return answer, err
}

// Makes so many calls, so many at a time; says the first fault, or how many were answered.
func calls(rpc string, count, parallel int, request *[]byte) string {
	var begun, answered int64
	var first atomic.Value
	var group sync.WaitGroup
	for n := 0; n < parallel; n++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for atomic.AddInt64(&begun, 1) <= int64(count) {
				if _, err := unary(calling(), rpc, request); err != nil {
					first.Store(err.Error())
					return
				}
				atomic.AddInt64(&answered, 1)
			}
		}()
	}
	group.Wait()
	if fault := first.Load(); fault != nil {
		return "13 " + strings.ReplaceAll(fault.(string), "\n", " ")
	}
	return fmt.Sprintf("0 %d", answered)
}

// Reads a stream slowly: between two messages another call of the connection comes and goes.
func slow(context context.Context, rpc string, request *[]byte, between string, other *[]byte) string {
	stream, err := connection.NewStream(context, oneWay, service+rpc)
	if err == nil {
		err = stream.SendMsg(request)
	}
	if err == nil {
		err = stream.CloseSend()
	}
	var messages [][]byte
	for err == nil {
		if _, err = unary(calling(), between, other); err != nil {
			break
		}
		var message []byte
		if err = stream.RecvMsg(&message); err == nil {
			messages = append(messages, message)
		}
	}
	if err == io.EOF {
		err = nil
	}
	return said(err, messages...)
}

func open(rpc string, request *[]byte) string {
	var err error
	if talk, err = connection.NewStream(calling(), bothWays, service+rpc); err != nil {
		return said(err)
	}
	// The headers come before anything is said.
	if _, err = talk.Header(); err != nil {
		return said(err)
	}
	return say(request)
}

func say(request *[]byte) string {
	err := talk.SendMsg(request)
	var answer []byte
	if err == nil {
		err = talk.RecvMsg(&answer)
	}
	return said(err, answer)
}

func hangUp() string {
	err := talk.CloseSend()
	var answer []byte
	for err == nil {
		err = talk.RecvMsg(&answer)
	}
	if err == io.EOF {
		err = nil
	}
	return said(err)
}

// A stream both ways that neither side ends: its time does.
func expired(context context.Context, rpc string, request *[]byte) string {
	stream, err := connection.NewStream(context, bothWays, service+rpc)
	if err == nil {
		err = stream.SendMsg(request)
	}
	var messages [][]byte
	for err == nil {
		var message []byte
		if err = stream.RecvMsg(&message); err == nil {
			messages = append(messages, message)
		}
	}
	return said(err, messages...)
}

func cancelled(rpc string, request *[]byte) string {
	context, cancel := context.WithCancel(calling())
	defer cancel()
	stream, err := connection.NewStream(context, oneWay, service+rpc)
	if err == nil {
		err = stream.SendMsg(request)
	}
	if err == nil {
		err = stream.CloseSend()
	}
	if err == nil {
		_, err = stream.Header()
	}
	if err != nil {
		return said(err)
	}
	cancel()
	var message []byte
	return said(stream.RecvMsg(&message))
}

func carryOut(words []string) string {
	switch words[0] {
	case "unary":
		context, cancel := within(words[2])
		defer cancel()
		answer, err := unary(context, words[1], bytesOf(words[3]))
		return said(err, answer)
	case "calls":
		count, _ := strconv.Atoi(words[2])
		parallel, _ := strconv.Atoi(words[3])
		return calls(words[1], count, parallel, bytesOf(words[4]))
	case "slow":
		context, cancel := within(words[2])
		defer cancel()
		return slow(context, words[1], bytesOf(words[3]), words[4], bytesOf(words[5]))
	case "expire":
		context, cancel := within(words[2])
		defer cancel()
		return expired(context, words[1], bytesOf(words[3]))
	case "open":
		return open(words[1], bytesOf(words[2]))
	case "say":
		return say(bytesOf(words[1]))
	case "hang-up":
		return hangUp()
	case "cancel":
		return cancelled(words[1], bytesOf(words[2]))
	case "lost":
		return fmt.Sprintf("0 %d", atomic.LoadInt64(&lost))
	}
	return "12"
}

// Counts how often the connection, once there, is there no more.
func watch() {
	was := connection.GetState()
	for connection.WaitForStateChange(context.Background(), was) {
		is := connection.GetState()
		if was == connectivity.Ready {
			atomic.AddInt64(&lost, 1)
		}
		was = is
	}
}

func main() {
	var err error
	connection, err = grpc.Dial(
		"127.0.0.1:"+os.Args[1], grpc.WithInsecure(),
		grpc.WithDefaultCallOptions(
			grpc.ForceCodec(plain{}), grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32)))
	if err != nil {
		panic(err)
	}
	go watch()
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		fmt.Println(carryOut(strings.Fields(line)))
	}
}
