import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Operations {
    static let followOperation = Operation(
        "followOperation", .get, "/v1/operations/{operation}/stream",
        "Tells how far an operation has come, at most once a second, until it has ended.", grant: Need(.viewer),
        headers: [.lastEventID],
        answers: [
            .stream("`progress`, as the operation is shown; `end` after the last one, `bye` when the server stops."),
            .nothingMore,
        ], problems: [.unknownOperation, .overloaded],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep], .get("/v1/operations/o1/stream"), 200,
            """
            id: done
            event: progress
            data: \(shown)

            event: end
            """, isBeginning: true),
        handler: { call throws(Problem) in
            let job = try await job(of: call)
            // Only the last item has this id, so who names it has had all.
            if job.hasEnded, try call.headers.single(.lastEventID) == Self.lastID.string { return .nothing }
            let book = call.book
            let told = Place<EngineJob?>(nil)
            return .stream(
                try EventStream(call, .nothing, pace: .seconds(1)) {
                    let now = try await book.unbounded { book in try book.engine.job(job.number) } ?? job
                    if let last = told.value, last.handled == now.handled, last.hasEnded == now.hasEnded,
                        last.isPaused == now.isPaused
                    {
                        return EventStream.News()
                    }
                    told.value = now
                    let item = EventStream.Item("progress", id: now.hasEnded ? Self.lastID : nil) { $0.operation(now) }
                    return EventStream.News(items: [item], isOver: now.hasEnded)
                })
        })

    private static let lastID: Text = "done"
}

extension EngineJob {
    fileprivate var hasEnded: Bool { isDone || isStopped }

    /// Items that it is done with, those that it could not change among them.
    fileprivate var handled: Int64 {
        switch self {
        case .timeouts(let job): job.progress.changed + job.progress.failures.count
        case .redrive(let job): job.progress.changed + job.progress.failures.count
        case .backup(let job): job.pages
        case .unreadable(let job): job.row.done
        }
    }
}
