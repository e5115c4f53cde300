import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Sold-out admission, the door: an order for what is sold out is refused without a write, where that is certain.
///
///     mentions a SKU on the board? ──no──► line ──► writer
///       │ yes
///     a timeout is overdue? ──yes──► line          (it may free some, and fires first)
///       │ no
///     order or key known? ──yes──► line      (who asks again gets the answer of the first time)
///       │ no
///     decide on a blank order ──anything but "sold out"──► line
///       │ sold out, and the board is as it was
///     refused; nothing is stored
extension Engine {
    /// SKUs of one order that are looked at before its write.
    static var skusMax: Int { 64 }

    /// The refusal that a command gets at the door; nil: it may come in.
    func refusalWithoutWrite(_ command: Command) async -> Refusal? {
        guard settings.refusesSoldOutAtTheDoor, !board.isEmpty, let (refusal, epoch) = refusalOfTheBoard(command),
            await isNew(command), board.isStill(epoch)
        else { return nil }
        return refusal
    }

    /// What the board alone says of a command, and as of when; nil: nothing that is certain.
    private func refusalOfTheBoard(_ command: Command) -> (refusal: Refusal, epoch: UInt64)? {
        guard let name = command.workflow, let open = compiled(name),
            let skus = open.workflow.wanted?.skus(in: command.data, limit: Self.skusMax),
            let epoch = board.epoch(ofAny: skus), command.crossedBound == nil
        else { return nil }
        let now = world.now()
        guard !board.isOverdue(at: now) else { return nil }
        let facts = BoardFacts(board)
        let order = Order(id: command.order, workflow: open.workflow, placedAt: now, lane: command.lane)
        do throws(Refusal) {
            _ = try open.workflow.decide(command, on: order, at: now, asking: facts, by: Self.semantics)
            return nil
        } catch {
            guard case .insufficientStock(let sku, let location, let asked, _, _) = error, facts.areCertain else {
                return nil
            }
            return (.soldOut(sku, location, asked: asked), epoch)
        }
    }

    func compiled(_ name: WorkflowName) -> OpenWorkflow? {
        // What cannot be compiled is the writer's to report.
        do { return try catalogue.current(name) } catch { return nil }
    }

    /// Whether neither the order nor the command's key is known: else the writer has to answer.
    private func isNew(_ command: Command) async -> Bool {
        let now = clock.now()
        do {
            return try await readSoon { rows in
                if try rows.order(id: command.order) != nil { return false }
                guard let key = command.key else { return true }
                return try rows.command(caller: command.caller, key: key, at: now) == nil
            }
        } catch {
            return false
        }
    }
}

/// Answers from the board alone. It knows of shortage only, so a yes of it is a guess, and nothing that follows from a
/// guess is certain.
private final class BoardFacts: StockFacts {
    private let board: SoldOutBoard
    private(set) var areCertain = true

    init(_ board: SoldOutBoard) { self.board = board }

    func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer {
        if let index = lines.firstIndex(where: { $0.quota == nil && board.holds($0.key) }) {
            return .short(line: index, free: 0)
        }
        areCertain = false
        return .done(opened: [])
    }
}
