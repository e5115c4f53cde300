/// One thing that happens to messages. Deliveries are named by tickets, in the order in which they were handed out.
enum MessageStep: Hashable {
    case send(Letter)
    case prepare(Letter)
    case resolve(Int, isCommit: Bool)
    case takeQuestions
    case recall(Int)
    case reschedule(Int, milliseconds: Int64)
    case receive(group: String, max: Int)
    case acknowledge(Int)
    case fail(Int, delay: Int64?)
    case extend(Int, milliseconds: Int64)
    case bury(Int)
    case redrive(String)
    case lookBack(String)
    /// Retention takes its turn.
    case maintain
    case pass(milliseconds: Int64)
    /// The clock goes on and nobody looks at it.
    case stall(milliseconds: Int64)
    /// An orderly end, and a new beginning so much later.
    case reopen(milliseconds: Int64)
    /// The process is gone at once.
    case crash(milliseconds: Int64)
}

/// What came of a step.
enum MessageVerdict: Hashable {
    case done
    case refused(String)
    case got([Handed])
    /// How often each half message has been asked about, by its number, with this question.
    case asked([Int: Int])
    /// How many came back.
    case back(Int)
}

/// A delivery as its consumer sees it.
struct Handed: Hashable {
    var ticket: Int
    var number: Int
    var attempt: Int
    var isReplayed: Bool
    /// Whether it comes out of the group's dead letters.
    var isRedriven: Bool
    var until: Int64
}

/// What can be counted of a group's topic.
struct Tally: Hashable {
    var sent = 0
    var waiting = 0
    var inFlight = 0
    var due = 0
    var ready = 0
    var behind = 0
    var finished = 0
    /// Whether the group says that it takes nothing new for now.
    var isHeldBack = false

    var sum: Int { waiting + inFlight + due + ready + behind + finished }
}

/// What can be seen between two steps.
struct MessagePicture: Hashable {
    /// By group.
    var tallies: [String: Tally] = [:]
    /// The numbers in each group's topic of dead letters.
    var dead: [String: [Int]] = [:]
    /// Half messages that nobody has decided.
    var halves = 0
}
