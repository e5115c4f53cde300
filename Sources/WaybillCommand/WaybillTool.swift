import ArgumentParser
import Foundation
import Histories
import Waybill
import WaybillCore
import WaybillStore

import struct WorkflowFile.WorkflowFileError

/// The executable `waybill`: every noun is a subcommand, in its own file.
@main
struct WaybillTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waybill",
        abstract: "Orders, their workflows, their history: in one file.",
        discussion: """
            First steps:
              waybill demo                           watch orders go through a workflow
              waybill workflow list                  the workflows that come with it
              waybill workflow run standard-order    try one without any file
              waybill order list --db shop.db        look into a file

            Exit status: 0 done, 1 refused or found wrong, 2 could not be done, 64 usage, 75 not known \
            whether it was done, or stopped after a failed write: send it again with the same key.
            """,
        version: "\(Release.version) (files of version \(Store.schemaVersion), SQLite \(Store.sqliteVersion))",
        subcommands: [
            DemoNoun.self, WorkflowNoun.self, OrderNoun.self, StockNoun.self, TimeoutNoun.self, ClockNoun.self,
            TopicNoun.self, GroupNoun.self, MessageNoun.self, DeadLetterNoun.self, HalfMessageNoun.self, LaneNoun.self,
            OperationNoun.self, ImportNoun.self, ExportNoun.self, ReportNoun.self, ReplayNoun.self, VerifyNoun.self,
            BackupNoun.self, RestoreNoun.self, RecoverNoun.self, CertifyNoun.self, RushNoun.self, ServeNoun.self,
            TokenNoun.self, AuditNoun.self, TailNoun.self, DoctorNoun.self,
            BenchNoun.self, LoadNoun.self, OpenStatesNoun.self, MessageLoadNoun.self, RefundLoadNoun.self,
            FilterNoun.self,
            DemoCrashNoun.self,
        ])

    static func main() async {
        StandardStreams.prepare()
        do {
            try Arguments.check()
        } catch {
            stop(error)
        }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            guard exitCode(for: error) != .success else { exit(withError: error) }
            if let mistaken = MistakenNoun(in: CommandLine.arguments.dropFirst(), of: Self.self) {
                let help = (["waybill"] + mistaken.before + ["--help"]).joined(separator: " ")
                misused("Error: \(mistaken.sentence)\n  See '\(help)' for more information.", exitCode(for: error))
            }
            misused(fullMessage(for: error), exitCode(for: error))
        }
        if let fault = Store.sqliteFault { stop(CommandFailure(fault, status: .impossible)) }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Output.standard.flush()
        } catch {
            stop(error)
        }
    }

    /// The one way in which a command ends with an error: one line on stderr, then the exit status. For a program that
    /// reads JSON, one object instead of an answer that has not begun.
    private static func stop(_ error: any Error) -> Never {
        Output.standard.flush()
        // Usage that was found wrong while a command ran: the parser would show the usage of `waybill` itself.
        if error is ValidationError {
            misused(message(for: error), exitCode(for: error))
        }
        // Help, wrong usage, and a status that was asked for: the parser knows how to end with these.
        if exitCode(for: error) != .failure || error is ExitCode { exit(withError: error) }
        let error = (error as? ActivationRefusal)?.reason ?? error
        let failure = error as? CommandFailure
        if Arguments.askForJSON, !Output.standard.hasBegun, let answer = ErrorAnswer(error) {
            answer.print()
            Output.standard.flush()
            if failure?.refused != nil { Foundation.exit(failure?.status.rawValue ?? 1) }
        }
        switch error {
        case let failure as CommandFailure:
            report(failure.lines)
            Foundation.exit(failure.status.rawValue)
        case let failure as StoreFailure: report([failure.message])
        case let error as CocoaError: report([error.localizedDescription])
        // Findings, one a line; whatever came from outside stands in them escaped.
        case let error as WorkflowFileError:
            report("\(error)".split(separator: "\n").map(String.init))
        case let findings as InputFindings: report(findings.lines)
        default: report(["\(error)"])
        }
        Foundation.exit(CommandFailure.Status.impossible.rawValue)
    }

    /// Tells how a command is used. The parser repeats what it was given, which may have come from outside.
    private static func misused(_ message: String, _ code: ExitCode) -> Never {
        // The parser begins with another word than everything else that this program says of errors.
        let message = "waybill: " + (message.hasPrefix("Error: ") ? message.dropFirst("Error: ".count) : message[...])
        for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
            Output.error.line(String(line).printable)
        }
        Foundation.exit(code.rawValue)
    }

    private static func report(_ lines: [String]) {
        for line in lines { Output.error.line("waybill: \(line.printable)") }
    }
}
