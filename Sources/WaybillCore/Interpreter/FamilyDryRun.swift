/// A dry run of an order with the child orders that it spawns, each under its own workflow.
///
/// What one of them tells another happens in the same step: all of it, or the event is refused, as in a file. A child
/// whose workflow is not known is named and does not run.
package struct FamilyDryRun {
    /// Commands between relatives that may follow from one event.
    private static let errandsMax = 1_024

    /// One order of the family.
    package struct Member {
        /// Names from below the first order, joined by slashes; the first order's is empty.
        package let path: Text
        package fileprivate(set) var run: DryRun
        /// Its place among the members; nil: it is the first.
        fileprivate let parent: Int?
    }

    /// Asked before each timeout that fires while time passes; false ends the wait there.
    package var mayGoOn: () -> Bool = { true }

    package private(set) var members: [Member]
    private let workflows: [WorkflowName: Workflow]

    /// - Parameter relatives: the workflows that children may have.
    package init(_ workflow: Workflow, relatives: [Workflow], at start: Moment) {
        members = [Member(path: "", run: DryRun(workflow, at: start), parent: nil)]
        workflows = Dictionary(relatives.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The order that the run is about.
    package var first: DryRun { members[0].run }

    /// Places the first order without a command.
    package mutating func start(context json: [UInt8] = []) -> DryRun.Step {
        let before = members
        var step = members[0].run.start(context: json)
        settle(&step, from: 0, before)
        return step
    }

    /// Sends an event to the first order, or to the child at `path`.
    package mutating func send(_ name: EventName, data: [UInt8] = [], to path: Text = "") -> DryRun.Step {
        guard let index = members.firstIndex(where: { $0.path == path }) else {
            var step = DryRun.Step()
            step.refusal = .unknownOrder(OrderID(path))
            return step
        }
        let before = members
        var step = members[index].run.send(name, data: data)
        settle(&step, from: index, before)
        return step
    }

    /// Lets time pass for all; what comes due fires at its own time, whose order it is.
    package mutating func wait(_ interval: Interval) -> DryRun.Step {
        var all = DryRun.Step()
        var refused: Set<Int> = []
        let end = first.now.advanced(by: interval)
        while let (index, due) = nextDue(upTo: end, except: refused) {
            guard mayGoOn() else { break }
            guard all.fired.count < DryRun.firingsMax else {
                all.refusal = .limit("timeouts fired in one wait", max: DryRun.firingsMax)
                break
            }
            let before = members
            let now = members[index].run.now
            var step = members[index].run.wait(due > now ? due.since(now) : Interval(milliseconds: 0))
            settle(&step, from: index, before)
            if step.refusal != nil { refused.insert(index) }
            let path = members[index].path
            all.actions += path.isEmpty ? step.actions : step.actions.map { "\(path): \($0)" }
            all.fired += step.fired
            all.refusal = all.refusal ?? step.refusal
        }
        for index in members.indices { members[index].run.look(at: end) }
        return all
    }

    private func nextDue(upTo end: Moment, except refused: Set<Int>) -> (index: Int, due: Moment)? {
        members.indices.lazy.filter { !refused.contains($0) }
            .compactMap { index in members[index].run.nextDue.map { (index: index, due: $0) } }
            .filter { $0.due <= end }.min { $0.due < $1.due }
    }

    /// Does what the step says to relatives, and what they say in turn; undoes all of it when one refuses.
    private mutating func settle(_ step: inout DryRun.Step, from sender: Int, _ before: [Member]) {
        var waiting = step.relatives.map { (command: $0, sender: sender) }[...]
        var count = 0
        while let errand = waiting.popFirst() {
            count += 1
            guard let receiver = receiver(of: errand.command, from: errand.sender) else { continue }
            let now = members[errand.sender].run.now
            members[receiver].run.look(at: now)
            let run = members[receiver].run
            guard run.order.version == 0 || !run.workflow.isFinished(run.order.configuration) else { continue }
            let placing = run.order.version == 0 ? run.workflow.creation?.name : nil
            let name = placing ?? errand.command.name
            let answer = members[receiver].run.send(name, data: errand.command.data)
            if let refusal = count > Self.errandsMax
                ? .limit("orders moved by one event", max: Self.errandsMax) : answer.refusal
            {
                members = before
                step = DryRun.Step()
                step.refusal = .relativeRefused(
                    run.order.id, name, code: refusal.code, message: refusal.message, values: refusal.values)
                return
            }
            let path = members[receiver].path
            step.actions += answer.actions.map { "\(path.isEmpty ? "parent" : path): \($0)" }
            waiting += answer.relatives.map { (command: $0, sender: receiver) }
        }
    }

    /// The place of the order that is told something; a new child is made.
    private mutating func receiver(of command: RelativeCommand, from sender: Int) -> Int? {
        let path = members[sender].path
        func child(_ id: Text) -> Text { path.isEmpty ? id : Text("\(path)/\(id)") }
        switch command.receiver {
        case .parent: return members[sender].parent
        case .child(let id): return members.firstIndex { $0.path == child(id) }
        case .newChild(let new):
            guard let workflow = workflows[new.workflow] else { return nil }
            let order = members[sender].run.order
            let run = DryRun(
                workflow, at: members[sender].run.now, id: order.childID(new.id), parent: order.id)
            members.append(Member(path: child(new.id), run: run, parent: sender))
            return members.count - 1
        }
    }
}
