// Customers of etcd who reserve seats: the peer of benchmarks/load, driven the same way (measuring/load_program.py).
//
// A reservation is one transaction: if the seat's key does not exist, put it. With -batch 64 a customer carries 64
// reservations of different seats in one transaction, each decided by itself, as one could by hand.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/clientv3"
	"go.uber.org/zap"
)

const (
	warmUp       = 500 * time.Millisecond
	requestLimit = 5 * time.Second
	// As many as may wait at once, as in raftstore's client.
	waitingLimit = 10000
)

var (
	endpoints = flag.String("endpoints", "", "of the members, separated by commas")
	name      = flag.String("name", "", "what keys begin with; used only once")
	customers = flag.Int("customers", 1, "in flight at once, each waiting for an answer")
	batch     = flag.Int("batch", 1, "reservations in one transaction")
	perSecond = flag.Float64("per-second", 0, "customers arrive at random, this many, waiting or not")
	seconds   = flag.Float64("seconds", 0, "how long; without it until the input ends, reporting at each line")
)

func main() {
	flag.Parse()
	client, err := clientv3.New(clientv3.Config{
		Endpoints:   strings.Split(*endpoints, ","),
		DialTimeout: requestLimit,
		// It would tell of every request that a killed member cost.
		LogConfig: &zap.Config{Level: zap.NewAtomicLevelAt(zap.FatalLevel), Encoding: "json"},
	})
	if err != nil {
		fail("cannot connect: %v", err)
	}
	input := bufio.NewScanner(os.Stdin)
	if *perSecond > 0 {
		arriving(client, input)
	} else {
		waiting(client, input)
	}
	input.Scan()
}

// waiting has each customer ask for the next seat when it has been answered.
func waiting(client *clientv3.Client, input *bufio.Scanner) {
	waitingCustomers(client, *name+"-warm", warmUp)
	ready(input)
	started := time.Now()
	times := waitingCustomers(client, *name, time.Duration(*seconds*float64(time.Second)))
	say(map[string]interface{}{
		"elapsed_s": time.Since(started).Seconds(), "times_us": times, "reservations_each": *batch,
	})
}

func waitingCustomers(client *clientv3.Client, prefix string, length time.Duration) []int64 {
	var all []int64
	var next int64
	var lock sync.Mutex
	var group sync.WaitGroup
	end := time.Now().Add(length)
	for customer := 0; customer < *customers; customer++ {
		group.Add(1)
		go func() {
			defer group.Done()
			var times []int64
			for time.Now().Before(end) {
				first := atomic.AddInt64(&next, int64(*batch)) - int64(*batch)
				started := time.Now()
				if err := reserve(client, prefix, first); err != nil {
					fail("a reservation failed: %v", err)
				}
				times = append(times, time.Since(started).Microseconds())
			}
			lock.Lock()
			all = append(all, times...)
			lock.Unlock()
		}()
	}
	group.Wait()
	return all
}

// reserve takes *batch seats from first on, all of which must be free.
func reserve(client *clientv3.Client, prefix string, first int64) error {
	ctx, cancel := context.WithTimeout(context.Background(), requestLimit)
	defer cancel()
	if *batch == 1 {
		compares, puts := seat(prefix, first)
		response, err := client.Txn(ctx).If(compares...).Then(puts...).Commit()
		if err == nil && !response.Succeeded {
			err = fmt.Errorf("a free seat was taken")
		}
		return err
	}
	ops := make([]clientv3.Op, *batch)
	for number := range ops {
		compares, puts := seat(prefix, first+int64(number))
		ops[number] = clientv3.OpTxn(compares, puts, nil)
	}
	response, err := client.Txn(ctx).Then(ops...).Commit()
	if err != nil {
		return err
	}
	for _, each := range response.Responses {
		if !each.GetResponseTxn().Succeeded {
			return fmt.Errorf("a free seat was taken")
		}
	}
	return nil
}

func seat(prefix string, number int64) ([]clientv3.Cmp, []clientv3.Op) {
	key := fmt.Sprintf("%s/A-%d", prefix, number)
	return []clientv3.Cmp{clientv3.Compare(clientv3.CreateRevision(key), "=", 0)},
		[]clientv3.Op{clientv3.OpPut(key, "a-customer-and-until-when")}
}

// arrivals are customers who come at random and how they fared since the last report.
type arrivals struct {
	lock             sync.Mutex
	times            []int64
	answered, failed int
	lastAnswer       time.Time
	longestGap       time.Duration
	underWay         int64
}

func arriving(client *clientv3.Client, input *bufio.Scanner) {
	(&arrivals{}).goOn(client, *name+"-warm", warmUp)
	ready(input)
	came := &arrivals{lastAnswer: time.Now()}
	if *seconds > 0 {
		started := time.Now()
		came.goOn(client, *name, time.Duration(*seconds*float64(time.Second)))
		say(map[string]interface{}{
			"elapsed_s": time.Since(started).Seconds(), "times_us": came.times, "failed": came.failed,
		})
		return
	}
	go came.goOn(client, *name, 24*time.Hour)
	for input.Scan() {
		say(came.report())
	}
	os.Exit(0)
}

func (a *arrivals) goOn(client *clientv3.Client, prefix string, length time.Duration) {
	chance := rand.New(rand.NewSource(1))
	var group sync.WaitGroup
	due := time.Now()
	end := due.Add(length)
	for number := int64(0); due.Before(end); number++ {
		due = due.Add(time.Duration(chance.ExpFloat64() / *perSecond * float64(time.Second)))
		time.Sleep(time.Until(due))
		if atomic.AddInt64(&a.underWay, 1) > waitingLimit {
			atomic.AddInt64(&a.underWay, -1)
			a.note(due, fmt.Errorf("too many wait"))
			continue
		}
		group.Add(1)
		go func(number int64, due time.Time) {
			defer group.Done()
			defer atomic.AddInt64(&a.underWay, -1)
			a.note(due, reserve(client, prefix, number))
		}(number, due)
	}
	group.Wait()
}

func (a *arrivals) note(due time.Time, err error) {
	now := time.Now()
	a.lock.Lock()
	defer a.lock.Unlock()
	if err != nil {
		a.failed++
		return
	}
	a.answered++
	if *seconds > 0 {
		a.times = append(a.times, now.Sub(due).Microseconds())
	}
	if gap := now.Sub(a.lastAnswer); gap > a.longestGap {
		a.longestGap = gap
	}
	a.lastAnswer = now
}

// report tells how it was since the last report. A gap that still lasts counts as long as it has lasted.
func (a *arrivals) report() map[string]interface{} {
	a.lock.Lock()
	defer a.lock.Unlock()
	longest := a.longestGap
	if gap := time.Since(a.lastAnswer); gap > longest {
		longest = gap
	}
	report := map[string]interface{}{
		"answered": a.answered, "failed": a.failed, "longest_gap_ms": longest.Seconds() * 1000,
	}
	a.answered, a.failed, a.longestGap = 0, 0, 0
	return report
}

func ready(input *bufio.Scanner) {
	say(map[string]interface{}{"ready": true})
	if !input.Scan() {
		os.Exit(0)
	}
}

func say(answer map[string]interface{}) {
	line, err := json.Marshal(answer)
	if err != nil {
		fail("%v", err)
	}
	fmt.Println(string(line))
}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, "etcd's customers: "+format+"\n", values...)
	os.Exit(1)
}
