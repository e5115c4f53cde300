import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill clock`: the wall clock that timeouts go by.
struct ClockNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Say that the wall clock is right after a jump.",
        subcommands: [ConfirmClock.self])
}

/// `waybill clock confirm`: what waited for the clock goes on.
struct ConfirmClock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Confirm the wall clock after a jump: timeouts go on.",
        discussion: """
            After a jump ahead of more than a minute timeouts wait for five minutes, or until an operator says that \
            the clock is right. The process that saw the jump waits, so ask while its server has the file. A closed \
            file holds no clock: there this ends only the wait of an opening that found much overdue, and writes down \
            that the clock is right.

              waybill doctor --db shop.db
              waybill clock confirm --reason 'NTP was set' --db shop.db
            """)

    @OptionGroup var file: WritingOptions

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let wasHeld = try await file.acting { client in
            let waits = try await client.waitsForClock()
            _ = try await client.reply(to: Question("confirmClock").with { reason.write(to: &$0) })
            return waits
        }
        file.answer(
            wasHeld ? "the clock is confirmed: timeouts go on" : "the clock is confirmed; nothing waited for it"
        ) { writer in
            writer.member("confirmed", true)
            writer.member("was_held", wasHeld)
        }
    }
}

extension Client {
    /// Whether timeouts wait until the clock is confirmed, after a jump or since the opening.
    fileprivate func waitsForClock() async throws -> Bool {
        if try await hold()?.heldBy == TimeoutHold.itself { return true }
        let vitals = try await ask(Question("showHealth")).object("vitals")
        return try vitals?.object("clock")?.text("word") != "ok"
    }
}
