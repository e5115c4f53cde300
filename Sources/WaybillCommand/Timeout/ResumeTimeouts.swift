import ArgumentParser
import Waybill
import WaybillAPI
import WaybillCore

/// `waybill timeout resume`: bulk changes that were interrupted.
struct ResumeTimeouts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Finish bulk changes that were interrupted, or give them up.")

    @OptionGroup var file: WritingOptions

    @Flag(help: "Give them up; what they have changed stays changed.")
    var stop = false

    func run() async throws {
        try OrderBookPlace.requireClosed(file.db)
        try await file.database.writing { book in
            let jobs = try await book.unfinishedTimeoutJobs()
            if jobs.isEmpty { say("nothing was interrupted") }
            for job in jobs {
                if stop {
                    try await book.stop(job)
                    say("job \(job.number) given up, \(counted(job.changed, "order")) changed")
                } else {
                    let changed = try await finish(job, in: book)
                    say("job \(job.number) finished, \(counted(changed, "order")) changed")
                }
            }
            guard file.json else { return }
            var writer = JSONWriter()
            writer.beginObject()
            writer.members(stop ? "stopped" : "finished", jobs) { $0.int($1.number) }
            writer.endObject()
            writer.print()
        }
    }

    private func say(_ sentence: String) {
        if !file.json { Output.standard.line(sentence) }
    }
}
