/// Picks the next step by seed: mostly what consumers and producers do, often what they get wrong.
struct MessageLot {
    /// What else happens in a run. Dead letters that come back and look-backs are not mixed: either may hand out a
    /// message that the other one has made two of.
    enum Course: CaseIterable { case redrives, lookBacks }

    private var dice: Dice
    private let course: Course
    private var letters = 0

    init(seed: UInt64) {
        dice = Dice(state: seed)
        course = Course.allCases[Int(seed % UInt64(Course.allCases.count))]
    }

    mutating func next(_ model: MessageModel) -> MessageStep {
        // Somebody acts on what is overdue before anybody has looked; then time is seen to have passed.
        if model.isStalled { return dice.isTrue(percent: 60) ? overdue(model) : .pass(milliseconds: 0) }
        switch dice.number(1...100) {
        case 1...22: return .send(letter(isHalf: false))
        case 23...25: return .prepare(letter(isHalf: true))
        case 26...28: return half(model).map { .resolve($0, isCommit: dice.isTrue(percent: 60)) } ?? .takeQuestions
        case 29...31: return .takeQuestions
        case 32...34: return delayed(model)
        case 35...56: return .receive(group: anyGroup(), max: Int(dice.number(1...6)))
        case 57...72: return .acknowledge(ticket(model))
        case 73...78: return .fail(ticket(model), delay: dice.isTrue(percent: 30) ? dice.number(0...20_000) : nil)
        case 79...80: return .extend(ticket(model), milliseconds: dice.number(1...90_000))
        case 81...82: return .bury(ticket(model))
        case 83...84: return course == .redrives ? .redrive(anyGroup()) : .lookBack(anyGroup())
        case 85: return .maintain
        case 86...94: return .pass(milliseconds: pause())
        case 95...96: return .stall(milliseconds: pause())
        default: return ending()
        }
    }

    private mutating func ending() -> MessageStep {
        let pause = dice.isTrue(percent: 50) ? 0 : pause()
        return dice.isTrue(percent: 60)
            ? .crash(milliseconds: pause) : .reopen(milliseconds: pause)
    }

    private mutating func overdue(_ model: MessageModel) -> MessageStep {
        switch dice.number(1...4) {
        case 1: .receive(group: anyGroup(), max: Int(dice.number(1...6)))
        case 2: .fail(ticket(model), delay: nil)
        default: .acknowledge(ticket(model))
        }
    }

    private mutating func letter(isHalf: Bool) -> Letter {
        letters += 1
        let isKeyed = dice.isTrue(percent: 60)
        let topic = isKeyed ? "keyed" : "plain"
        var letter = Letter(
            number: letters, topic: topic, tag: PostOffice.tags[Int(dice.number(0...2))],
            key: isKeyed && dice.isTrue(percent: 85) ? PostOffice.keys[Int(dice.number(0...2))] : nil,
            size: dice.number(0...6))
        if !isKeyed, dice.isTrue(percent: 30) { letter.priority = Int(dice.number(1...2)) }
        if !isHalf, dice.isTrue(percent: 20) { letter.delay = dice.number(1...600_000) }
        return letter
    }

    private mutating func anyGroup() -> String { PostOffice.groups[Int(dice.number(0...4))].name }

    /// Mostly a live one; sometimes any of the past.
    private mutating func ticket(_ model: MessageModel) -> Int {
        let live = model.tickets.indices.filter { model.isLive($0) }
        if !live.isEmpty, dice.isTrue(percent: 85) { return live[Int(dice.number(0...Int64(live.count - 1)))] }
        return Int(dice.number(0...Int64(max(0, model.tickets.count - 1))))
    }

    private mutating func half(_ model: MessageModel) -> Int? {
        let halves = model.fates.filter { _, fate in
            switch fate.state {
            case .half: true
            case .visible, .rolledBack: model.halfNumbers.contains(fate.letter.number)
            case .delayed, .recalled: false
            }
        }.keys.sorted()
        return halves.isEmpty ? nil : halves[Int(dice.number(0...Int64(halves.count - 1)))]
    }

    private mutating func delayed(_ model: MessageModel) -> MessageStep {
        let delayed = model.fates.values.filter { $0.letter.delay != nil }.map(\.letter.number).sorted()
        guard !delayed.isEmpty else { return .pass(milliseconds: pause()) }
        let number = delayed[Int(dice.number(0...Int64(delayed.count - 1)))]
        return dice.isTrue(percent: 50)
            ? .recall(number) : .reschedule(number, milliseconds: dice.number(-60_000...600_000))
    }

    /// Seconds mostly, an hour now and then: an outage.
    private mutating func pause() -> Int64 {
        switch dice.number(1...20) {
        case 1: dice.number(0...3_700_000)
        case 2...8: dice.number(0...120_000)
        default: dice.number(0...12_000)
        }
    }
}
