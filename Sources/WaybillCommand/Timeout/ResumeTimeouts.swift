import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill timeout resume`: bulk changes that were interrupted.
struct ResumeTimeouts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Finish bulk changes that were interrupted, or give them up.")

    @OptionGroup var file: WritingOptions

    @Flag(help: "Give them up; what they have changed stays changed.")
    var stop = false

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        guard try file.place.client() == nil else { return try await runOnServer() }
        try await file.database.writing { book in
            let unfinished = try await book.unfinishedTimeoutJobs()
            for job in unfinished where job.isPaused { say(Self.paused(job.number)) }
            let jobs = unfinished.filter { !$0.isPaused }
            if jobs.isEmpty { say("nothing was interrupted") }
            for job in jobs {
                if stop {
                    try await book.stop(job, by: reason.origin)
                    say("job \(job.number) given up, \(counted(job.changed, "order")) changed")
                } else {
                    try await book.noteResumption(of: job, by: reason.origin)
                    say(try await finish(job, in: book), of: job.number)
                }
            }
            write(jobs.map(\.number))
        }
    }

    /// The same of the operations of a server; one that runs there is waited for.
    private func runOnServer() async throws {
        try await file.acting { client in
            let unfinished = try await client.list(Question("listOperations"), atMost: .max) { members -> ServedJob? in
                guard try members.text("kind") == "timeouts" else { return nil }
                let job = try ServedJob(members)
                return job.isRunning || job.isPaused ? job : nil
            }.reversed()
            for job in unfinished where job.isPaused { say(Self.paused(job.number)) }
            let jobs = unfinished.filter { !$0.isPaused }
            if jobs.isEmpty { say("nothing was interrupted") }
            for job in jobs {
                let verb = stop ? "stopOperation" : "resumeOperation"
                let answer = try await client.ask(Question(verb, job.id).with { reason.write(to: &$0) })
                if stop {
                    say("job \(job.number) given up, \(counted(try answer.int("changed"), "order")) changed")
                } else {
                    say(try await ServedJob(answer).finish(client), of: job.number)
                }
            }
            write(jobs.map(\.number))
        }
    }

    /// What is paused was paused on purpose: it is left alone.
    private static func paused(_ number: Int64) -> String {
        "job \(number) is paused: `waybill operation resume o\(number)` goes on with it"
    }

    private func write(_ numbers: [Int64]) {
        guard file.json else { return }
        var writer = JSONWriter()
        writer.beginObject()
        writer.members(stop ? "stopped" : "finished", numbers) { $0.int($1) }
        writer.endObject()
        writer.print()
    }

    private func say(_ outcome: BulkOutcome, of job: Int64) {
        say("job \(job) finished, \(counted(outcome.changed, "order")) changed")
        if let complaint = outcome.complaint { say(complaint.printable) }
    }

    private func say(_ sentence: String) {
        if !file.json { Output.standard.line(sentence) }
    }
}
