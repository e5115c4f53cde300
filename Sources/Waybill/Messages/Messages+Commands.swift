import WaybillBroker
public import WaybillCore
import WaybillEngine

/// Half messages whose local transaction is a command to an order of this book.
extension Messages {
    /// From now on, until the book is closed, check-backs of this producer's half messages are answered from the
    /// journal. Call it after opening the book, for every producer whose messages ``send(_:with:producer:)`` sends.
    public func answerFromJournal(of producer: String) async {
        await engine.onThread { [self] _ in answerFromJournal(of: producer) }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits for the turn to write.
    public func answerFromJournal(of producer: String) {
        engine.answer(Text(producer), with: .journal(of: Text(producer)))
    }

    /// Sends a message if, and only if, a command is accepted: also when the process ends in between.
    ///
    /// The message is prepared, then the command is sent with the producer as its caller and the message's id as its
    /// key, then the message is decided. If that decision does not come, the journal is asked: the message is committed
    /// if the command's event is there, and rolled back after the last question if it is not; then a fence refuses the
    /// command, should it come after all.
    ///
    /// - Parameter command: its caller and key are set here.
    /// - Returns: the command's answer. The message is visible when it was accepted.
    public func send(
        _ message: NewMessage, with command: OrderCommand, producer: String
    ) async throws(MessageRefusal) -> Answer {
        await answerFromJournal(of: producer)
        var message = message
        let order = command.order.text
        if !message.texts.keys.contains(order) { message.texts.keys.append(order) }
        let prepared = try await prepare(message, producer: producer)
        var command = command
        command.caller = producer
        command.key = prepared.id.text.string
        let answer = await engine.submit(command.command)
        switch answer {
        case .accepted: try await resolve(prepared.transaction, of: message.topic, .commit)
        // What the engine could not do is not known to be undone for good: the check-back decides.
        case .refused(.outcomeUnknown), .refused(.failStopped), .refused(.undone), .refused(.overloaded),
            .refused(.shuttingDown):
            break
        case .refused: try await resolve(prepared.transaction, of: message.topic, .rollback)
        }
        return answer
    }
}
