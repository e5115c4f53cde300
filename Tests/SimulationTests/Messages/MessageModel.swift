/// What the design says of messages: who may be handed what, and what must become of each. It judges what the broker
/// answers, and follows it where the design leaves a choice.
///
///     ready ─► in flight ─► done                 dead ─► ready (redriven)
///       ▲          ├─ failed ──► due ─► ready    done ─► ready (replayed, after a look-back)
///       └──────────┴─ its time is over, or dead
struct MessageModel {
    /// A message on its way to one group.
    struct Copy {
        enum State: Equatable {
            case ready
            case due(Int64)
            case inFlight(ticket: Int, until: Int64)
            case done, dead
        }

        var state = State.ready
        /// Deliveries so far. After a crash one may have been counted that nobody saw.
        var attempts: ClosedRange<Int> = 0...0
        var isReplayed = false
        /// Whether it is the copy among the dead letters.
        var isRedriven = false
        /// Retention may have taken it: nobody is owed it any more.
        var isOptional = false
        /// A delivery that is written down outlives a crash: a later one, or one that an orderly end carried over.
        var isWritten = false
        /// Owed since before a look-back: its next delivery is written down, unless it was never handed out.
        var mayBeWritten = false
        /// A crash may have forgotten its delivery, or not.
        var isDoubtful = false
        /// Its place in its queue, and among the dead letters.
        var place: Int
        var grave = 0
    }

    struct Fate {
        enum State: Equatable {
            case delayed(due: Int64)
            case half(since: Int64)
            case visible(at: Int64)
            case recalled, rolledBack
        }

        var letter: Letter
        var state: State
        var questions = 0
        var lastQuestion: Int64?
    }

    private(set) var now = PostOffice.openingMilliseconds
    private(set) var fates: [Int: Fate] = [:]
    /// Messages that were half ones once.
    private(set) var halfNumbers: Set<Int> = []
    /// By group, then by number.
    private(set) var copies: [String: [Int: Copy]] = [:]
    /// Every delivery that there was.
    private(set) var tickets: [(group: String, number: Int)] = []
    /// Dead letters of each group, in order.
    private(set) var buried: [String: [Int]] = [:]
    private var placeCount = 0
    /// Groups that have come by: from then on they are owed what there is.
    private var known: Set<String> = []
    /// Things are due that nobody has looked at.
    private(set) var isStalled = false

    // MARK: Looking things up

    func letter(_ number: Int) -> Letter? { fates[number]?.letter }

    func isLive(_ ticket: Int) -> Bool { holder(of: ticket) != nil }

    /// The copy that a ticket still holds.
    func holder(of ticket: Int) -> (group: String, number: Int, until: Int64)? {
        guard tickets.indices.contains(ticket) else { return nil }
        let (group, number) = tickets[ticket]
        guard case .inFlight(ticket, let until)? = copies[group]?[number]?.state else { return nil }
        return (group, number, until)
    }

    /// Unfinished copies of the same message group that come before a copy, in a group that keeps their order.
    func predecessors(of number: Int, in group: PostOffice.Group) -> [Int] {
        guard group.isFIFO, let key = letter(number)?.key, let copy = copies[group.name]?[number] else { return [] }
        return (copies[group.name] ?? [:]).filter { other, earlier in
            comes(earlier, before: copy) && letter(other)?.key == key
                && earlier.state != .done && earlier.state != .dead && !isSpent(earlier, group)
        }.keys.sorted()
    }

    /// A dead letter that was given back comes before all that has not died, but for what is in flight.
    private func comes(_ earlier: Copy, before copy: Copy) -> Bool {
        switch (earlier.isRedriven, copy.isRedriven) {
        case (true, true): earlier.grave < copy.grave
        case (false, false): earlier.place < copy.place
        case (true, false): true
        case (false, true): if case .inFlight = earlier.state { true } else { false }
        }
    }

    /// What a group must be handed when it asks.
    func owed(to group: PostOffice.Group) -> [Int] {
        let all = copies[group.name] ?? [:]
        return all.keys.sorted().filter { number in
            guard let copy = all[number], copy.state == .ready, !copy.isOptional, !isSpent(copy, group)
            else { return false }
            return predecessors(of: number, in: group).isEmpty
        }
    }

    /// A look-back took back its last delivery: it is dead as soon as somebody comes by.
    private func isSpent(_ copy: Copy, _ group: PostOffice.Group) -> Bool {
        copy.state == .ready && copy.attempts.lowerBound >= group.attemptsMax
    }

    /// Takes over which spent messages have died.
    mutating func bury(spentAmong dead: [Int], of group: PostOffice.Group) {
        for number in dead where dead.count(where: { $0 == number }) > count(number, in: buried[group.name] ?? []) {
            guard let copy = copies[group.name]?[number], isSpent(copy, group) else { continue }
            kill(group.name, number)
        }
    }

    private func count(_ number: Int, in numbers: [Int]) -> Int { numbers.count { $0 == number } }

    func count(_ group: String, where isCounted: (Copy) -> Bool) -> Int {
        (copies[group] ?? [:]).values.count(where: isCounted)
    }

    // MARK: Changes, for the judge

    mutating func know(_ group: String) { known.insert(group) }

    mutating func keep(_ letter: Letter, half: Bool) {
        if half {
            fates[letter.number] = Fate(letter: letter, state: .half(since: now))
            halfNumbers.insert(letter.number)
        } else if let delay = letter.delay, delay > 0 {
            fates[letter.number] = Fate(letter: letter, state: .delayed(due: now + delay))
        } else {
            fates[letter.number] = Fate(letter: letter, state: .visible(at: now))
            show(letter.number, at: now)
        }
    }

    mutating func decide(_ number: Int, _ state: Fate.State) {
        fates[number]?.state = state
        if case .visible(let moment) = state { show(number, at: moment) }
    }

    mutating func ask(_ number: Int) {
        fates[number]?.questions += 1
        fates[number]?.lastQuestion = now
    }

    private mutating func show(_ number: Int, at moment: Int64) {
        guard let letter = letter(number) else { return }
        fates[number]?.state = .visible(at: moment)
        placeCount += 1
        for group in PostOffice.groups where group.wants(letter) {
            copies[group.name, default: [:]][number] = Copy(place: placeCount)
        }
    }

    mutating func change(_ group: String, _ number: Int, _ body: (inout Copy) -> Void) {
        guard var copy = copies[group]?[number] else { return }
        body(&copy)
        copies[group]?[number] = copy
    }

    mutating func hand(_ handed: Handed, to group: String) {
        tickets.append((group, handed.number))
        change(group, handed.number) { copy in
            copy.state = .inFlight(ticket: handed.ticket, until: handed.until)
            copy.attempts = handed.attempt...handed.attempt
            copy.isOptional = false
            copy.isDoubtful = false
            copy.isWritten = handed.attempt > 1 || handed.isRedriven
        }
        // What retention had taken is not there to be waited for.
        guard let known = PostOffice.group(group) else { return }
        for number in predecessors(of: handed.number, in: known) {
            change(group, number) { if $0.isOptional { $0.state = .done } }
        }
    }

    /// What a group has in flight of the message group of a message, in order: it was handed out together.
    func run(with number: Int, in group: PostOffice.Group) -> [Int] {
        guard group.isFIFO, let key = letter(number)?.key else { return [number] }
        let all = copies[group.name] ?? [:]
        return all.filter { other, copy in
            guard case .inFlight = copy.state else { return false }
            return letter(other)?.key == key
        }.sorted { $0.value.place < $1.value.place }.map(\.key)
    }

    /// Its consumer has not come to it: it waits behind what is not done, and no attempt is used up.
    private mutating func takeBack(_ group: String, _ number: Int) {
        change(group, number) { copy in
            copy.state = .ready
            copy.attempts = max(0, copy.attempts.lowerBound - 1)...max(0, copy.attempts.upperBound - 1)
        }
    }

    /// The time of what is in flight of a message group may be over, and so that of all that was handed out with it:
    /// the first counts.
    mutating func expireRun(with number: Int, in group: PostOffice.Group) {
        let first = run(with: number, in: group).first { member in
            guard case .inFlight(_, let until)? = copies[group.name]?[member]?.state else { return false }
            return until <= now
        }
        if let first { retry(group, first, after: 0) }
    }

    /// A delivery that was not acknowledged is over, and takes along what was handed out behind it.
    mutating func retry(_ group: PostOffice.Group, _ number: Int, after wait: Int64) {
        guard let copy = copies[group.name]?[number] else { return }
        for later in run(with: number, in: group).drop(while: { $0 != number }).dropFirst() {
            takeBack(group.name, later)
        }
        if copy.attempts.lowerBound >= group.attemptsMax {
            kill(group.name, number)
        } else {
            let due = now + wait
            change(group.name, number) { copy in
                copy.state = wait > 0 ? .due(due) : .ready
                copy.isDoubtful = false
            }
        }
    }

    mutating func kill(_ group: String, _ number: Int) {
        let isRedriven = copies[group]?[number]?.isRedriven == true
        placeCount += 1
        change(group, number) { $0.state = .dead }
        // Dead letters have no dead letters: one that dies again stays where it lies.
        if !isRedriven {
            buried[group, default: []].append(number)
            let grave = placeCount
            change(group, number) { $0.grave = grave }
        }
    }

    mutating func redrive(_ group: String) {
        for number in copies[group]?.keys.sorted() ?? [] where copies[group]?[number]?.state == .dead {
            change(group, number) { copy in
                copy.state = .ready
                copy.attempts = 0...0
                copy.isRedriven = true
                copy.isReplayed = false
            }
        }
    }
}

// MARK: - Time

extension MessageModel {
    mutating func pass(_ milliseconds: Int64) {
        now += milliseconds
        surface()
        settle()
        isStalled = false
    }

    mutating func stall(_ milliseconds: Int64) {
        now += milliseconds
        surface()
        isStalled = true
    }

    /// Delayed messages that are due become visible, in the order of their times.
    private mutating func surface() {
        let due = fates.compactMap { number, fate -> (at: Int64, number: Int)? in
            guard case .delayed(let due) = fate.state, due <= now else { return nil }
            return (due, number)
        }
        for (at, number) in due.sorted(by: { ($0.at, $0.number) < ($1.at, $1.number) }) { show(number, at: at) }
    }

    /// Deliveries and waits whose time is over end.
    private mutating func settle() {
        for group in PostOffice.groups {
            for number in copies[group.name]?.keys.sorted() ?? [] {
                switch copies[group.name]?[number]?.state {
                case .due(let at) where at <= now: change(group.name, number) { $0.state = .ready }
                case .inFlight(_, let until) where until <= now: expireRun(with: number, in: group)
                case .ready, .due, .inFlight, .done, .dead, nil: break
                }
            }
        }
    }

    /// The process ends and begins again later; an orderly end writes down what is in flight.
    mutating func restart(after milliseconds: Int64, isOrderly: Bool) {
        for group in PostOffice.groups {
            for number in copies[group.name]?.keys.sorted() ?? [] {
                guard var copy = copies[group.name]?[number] else { continue }
                restart(&copy, group, number, pause: milliseconds, isOrderly)
                copies[group.name]?[number] = copy
            }
        }
        pass(milliseconds)
    }

    private func restart(
        _ copy: inout Copy, _ group: PostOffice.Group, _ number: Int, pause: Int64, _ isOrderly: Bool
    ) {
        switch copy.state {
        case .inFlight(let ticket, let until):
            if group.isFIFO, letter(number)?.key != nil {
                // Its message group waits for its holder, its lease, or 20 s without the client.
                copy.state = .inFlight(ticket: ticket, until: min(until, now + pause + 20_000))
            } else if copy.isWritten {
                break
            } else if isOrderly {
                copy.isWritten = true
            } else if copy.mayBeWritten {
                copy.isDoubtful = true
            } else {
                copy.state = .ready
            }
        case .ready:
            // Among what comes again after a look-back, what a later delivery has passed counts as delivered.
            if !isOrderly || copy.isReplayed, copy.attempts == 0...0 { copy.attempts = 0...1 }
        case .due, .done, .dead: break
        }
    }

    /// The group begins again at the oldest message that is there: what it had finished comes marked as replayed, what
    /// it is owed comes as it would have.
    mutating func lookBack(_ group: PostOffice.Group) {
        know(group.name)
        for number in copies[group.name]?.keys.sorted() ?? [] {
            for later in run(with: number, in: group).dropFirst() { takeBack(group.name, later) }
        }
        for number in copies[group.name]?.keys.sorted() ?? [] {
            let isKeyed = group.isFIFO && letter(number)?.key != nil
            change(group.name, number) { copy in
                copy.mayBeWritten = copy.state != .done && copy.state != .dead
                copy.isDoubtful = false
                switch copy.state {
                case .done, .dead:
                    copy.state = .ready
                    copy.attempts = 0...0
                    copy.isReplayed = true
                case .inFlight: copy.state = .ready
                // In its turn, when its queue comes by.
                case .due: if isKeyed { copy.state = .ready }
                // A second look-back begins again with what the first one brought, unless it was written down.
                case .ready: if copy.isReplayed { copy.attempts = 0...copy.attempts.upperBound }
                }
            }
        }
    }

    /// Retention may take what is old and finished everywhere; it may also leave it.
    mutating func maintain() {
        for (number, fate) in fates {
            guard case .visible(let at) = fate.state, now - at >= PostOffice.retention else { continue }
            for group in PostOffice.groups {
                let isNew = !known.contains(group.name)
                change(group.name, number) { copy in
                    if copy.state == .done || copy.state == .dead || isNew { copy.isOptional = true }
                }
            }
        }
    }
}
