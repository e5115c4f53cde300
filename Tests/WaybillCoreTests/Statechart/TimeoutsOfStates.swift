import Testing
import WaybillCore

/// `after:`: armed when its state is entered, cancelled when it is left.
@Suite struct `A timeout of a state` {
    private let chart = """
        commands:
          start: {data: {wait: optional duration, opens: optional time}}
          more: {data: {by: duration}}
          to: {data: {at: time}}
          go: {}
          back: {}
          again: {}
          halt: {}
        context: {wait: optional duration, opens: optional time}
        initial: a
        states:
          a:
            after:
              short: {in: 10m, target: b}
              chosen: {in: wait, actions: \(say("chosen"))}
              fixed: {at: opens, actions: \(say("fixed"))}
            on:
              go: b
              again: a
              more: {actions: [{extend: {timeout: short, by: event.by}}]}
              to: {actions: [{reschedule: {timeout: short, at: event.at}}]}
              halt: {actions: [{stop: {timeout: short}}]}
          b: {entry: \(say("in-b")), on: {back: a, more: {actions: [{extend: {timeout: short, by: event.by}}]},
              to: {actions: [{reschedule: {timeout: short, at: event.at}}]}}}
        """
    private let start: Int64 = 1_764_000_000_000

    private func due(_ chart: Chart) -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: chart.order.timeouts.map {
                ($0.name.text.string, ($0.due.milliseconds - start) / 60_000)
            })
    }

    @Test func `is armed on entry and fires once, never before its time`() throws {
        let armed = try Chart(chart)
        #expect(armed.pending == ["short"], "a length or time of NULL arms nothing")
        try armed.pass(Interval(milliseconds: 599_999))
        #expect(armed.leaves == ["a"])
        try armed.pass(Interval(milliseconds: 1))
        #expect(armed.leaves == ["b"])
        #expect(armed.pending == [])
        #expect(armed.said == ["in-b"])
    }

    @Test func `is cancelled when its state is left, and armed anew when it is entered again`() throws {
        let left = try Chart(chart)
        try left.pass(.minutes(4))
        try left.send("go")
        #expect(left.pending == [])
        try left.pass(.minutes(60))
        #expect(left.said == [])
        try left.send("back")
        #expect(due(left) == ["short": 74])
    }

    @Test func `starts anew when its state is left and entered in one step`() throws {
        let again = try Chart(chart, placing: #"{"wait": "2h"}"#)
        try again.pass(.minutes(5))
        try again.send("again")
        #expect(due(again) == ["short": 15, "chosen": 125])
    }

    @Test func `keeps its place among others when only it starts anew`() throws {
        // The fold must list pending timeouts as the decision did, or stored state and journal would differ.
        let chart = try Chart(
            """
            type: parallel
            states:
              left: {initial: a, states: {a: {after: {first: {in: 10m, target: b}}, on: {again: a}}, b: {}}}
              right: {initial: c, states: {c: {after: {second: {in: 15m, target: d}}}, d: {}}}
            """)
        try chart.send("again")
        #expect(due(chart) == ["first": 10, "second": 15])
        try chart.pass(.minutes(10))
        #expect(chart.leaves == ["left.b", "right.c"])
    }

    @Test func `is due at a fixed time, also when that is over: then it fires at once`() throws {
        let fixed = try Chart(chart, placing: #"{"opens": \#(start + 3 * 60_000)}"#)
        #expect(due(fixed) == ["short": 10, "fixed": 3])
        try fixed.pass(.minutes(4))
        #expect(fixed.said == ["fixed"])
        try fixed.send("again")
        #expect(due(fixed) == ["short": 14, "fixed": 3])
        try fixed.pass(Interval(milliseconds: 0))
        #expect(fixed.said == ["fixed"])
    }

    @Test func `with a length below zero is due at once`() throws {
        let chart = try Chart(chart, placing: #"{"wait": -5}"#)
        #expect(due(chart)["chosen"] == 0)
    }

    @Test func `can be extended, moved and stopped while it is pending, and not before or after`() throws {
        let moved = try Chart(chart)
        try moved.send("more", #"{"by": "15m"}"#)
        #expect(due(moved) == ["short": 25])
        try moved.send("more", #"{"by": -3600000}"#)
        #expect(due(moved) == ["short": 0], "never before now")
        try moved.send("to", #"{"at": \#(start + 7 * 60_000)}"#)
        #expect(due(moved) == ["short": 7])
        try moved.send("halt")
        #expect(moved.pending == [])
        #expect(refusal { try moved.send("more", #"{"by": "1m"}"#) } == .unknownTimeout("short", of: "o-1"))
        #expect(refusal { try moved.send("to", #"{"at": 0}"#) } == .unknownTimeout("short", of: "o-1"))
        try moved.send("halt")
        try moved.send("go")
        #expect(refusal { try moved.send("more", #"{"by": "1m"}"#) } == .unknownTimeout("short", of: "o-1"))
    }

    @Test func `due after the year 9999 is refused where it is armed and where it is moved`() throws {
        let late = refusal { _ = try Chart(chart, placing: #"{"wait": 9223372036854775807}"#) }
        #expect(late?.code == "arithmetic" && late?.message.contains("the timeout chosen") == true, "\(late as Any)")
        let moved = try Chart(chart)
        let before = moved.order
        for data in [#"{"by": 9223372036854775807}"#, #"{"by": "3000000d"}"#] {
            let refused = refusal { try moved.send("more", data) }
            #expect(refused?.message.contains("years 1 to 9999") == true, "\(data): \(refused as Any)")
        }
        let fromOutside = refusal {
            _ = try moved.workflow.decideReschedule("short", to: Moment(milliseconds: .max), on: moved.order)
        }
        #expect(fromOutside?.message.contains("years 1 to 9999") == true)
        #expect(moved.order == before)
    }

    @Test(arguments: [
        "{send: {topic: t, delay: event.by}}", "{assign: {opens: now + event.by}}",
        "{call: {topic: t, ok: done, failed: done, expired: done, within: event.by}}",
    ])
    func `and every other time that a step sets keep to the calendar too`(action: String) throws {
        let text = """
            commands: {start: {data: {}}, set: {data: {by: duration}}, done: {}}
            context: {opens: optional time, heard: count}
            initial: a
            states: {a: {on: {set: {actions: [\(action)]}, done: {actions: [{assign: {heard: + 1}}]}}}}
            """
        let chart = try Chart(text)
        try chart.send("set", #"{"by": "365d"}"#)
        let refused = refusal { try chart.send("set", #"{"by": "3000000d"}"#) }
        #expect(refused?.message.contains("years 1 to 9999") == true, "\(refused as Any)")
        let old = try Chart(text, by: try #require(Semantics(stored: 2)))
        try old.send("set", #"{"by": "3000000d"}"#)
    }

    @Test func `saturates at the end of time instead of trapping, by earlier rules`() throws {
        let far = try Chart(
            chart, placing: #"{"wait": 9223372036854775807}"#, by: try #require(Semantics(stored: 2)))
        try far.send("more", #"{"by": 9223372036854775807}"#)
        #expect(far.order.timeouts.allSatisfy { $0.due.milliseconds == .max })
        try far.send("more", #"{"by": -9223372036854775808}"#)
        #expect(due(far)["short"] == 0)
    }

    @Test func `is used up when it fires and no guard lets it through`() throws {
        let chart = try Chart(
            """
            context: {ready: bool}
            initial: a
            states:
              a: {after: {check: {in: 5m, guard: ready, target: b}}, on: {go: b}}
              b: {on: {back: a}}
            """)
        try chart.pass(.hours(1))
        #expect(chart.leaves == ["a"])
        #expect(chart.pending == [])
        #expect(chart.order.version == 2)
    }

    @Test func `with no length that arms itself lets time go on`() throws {
        let chart = try Chart(
            """
            commands: {start: {data: {wait: duration}}}
            context: {wait: duration, fired: count}
            initial: a
            states:
              a: {after: {tick: {in: wait, target: a, actions: [{assign: {fired: '+ 1'}}]}}}
            """, placing: #"{"wait": 0}"#)
        #expect(chart.order.timeouts.map(\.due) == [chart.now])
        try chart.pass(Interval(milliseconds: 5))
        #expect(chart["fired"] == .int(6))
        #expect(chart.order.timeouts.map(\.due) == [chart.now.advanced(by: Interval(milliseconds: 1))])
    }

    @Test func `that is not pending cannot fire`() throws {
        let left = try Chart(chart)
        try left.send("go")
        let refused = refusal {
            _ = try left.workflow.decideTimeout("short", on: left.order, at: left.now, asking: EndlessStock())
        }
        #expect(refused == .unknownTimeout("short", of: "o-1"))
    }

    @Test func `can be moved and cancelled from outside the workflow`() throws {
        let armed = try Chart(chart)
        let at = Moment(milliseconds: start + 1)
        let moved = try armed.workflow.decideReschedule("short", to: at, on: armed.order)
        #expect(moved.order.timeouts == [.init(name: "short", due: at)])
        #expect(moved.outcome.armed == [.init(name: "short", due: at)])
        #expect(moved.order.version == 2)
        let cancelled = try armed.workflow.decideReschedule("short", to: nil, on: armed.order)
        #expect(cancelled.order.timeouts == [])
        #expect(refusal { _ = try armed.workflow.decideReschedule("other", to: nil, on: armed.order) } != nil)
    }

    @Test func `with several ways takes the first whose guard is true`() throws {
        let chart = try Chart(
            """
            context: {n: count}
            initial: a
            states:
              a:
                on: {add: {actions: [{assign: {n: '+ 1'}}]}}
                after:
                  opens:
                    in: 5m
                    transitions:
                      - {guard: n > 0, target: c}
                      - {target: b}
              b: {on: {back: a}}
              c: {on: {back: a}}
            """)
        try chart.pass(.minutes(5))
        #expect(chart.leaves == ["b"])
        try chart.send("back")
        try chart.send("add")
        try chart.pass(.minutes(5))
        #expect(chart.leaves == ["c"])
    }
}
